// Everything works without this file; it only makes pages nicer.
import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  PasswordInput,
  ServiceNavigation,
  SkipLink,
} from "/static/vendor/govuk-frontend.min.js";

const NO_CONNECTION = "Not saved: no connection. Kept on this page.";

function initialiseComponents() {
  for (const component of [
    Button, CharacterCount, Checkboxes, ErrorSummary, PasswordInput, ServiceNavigation, SkipLink,
  ]) {
    createAll(component);
  }
}

// What a radio button opens. GOV.UK's own script sets aria-expanded on radio buttons, which ARIA does not allow.
function openWhatRadiosReveal() {
  const inputs = document.querySelectorAll('input[type="radio"][data-aria-controls]');
  for (const input of inputs) {
    input.setAttribute("aria-controls", input.dataset.ariaControls);
  }
  const show = () => {
    for (const input of inputs) {
      const revealed = document.getElementById(input.dataset.ariaControls);
      revealed?.classList.toggle("govuk-radios__conditional--hidden", !input.checked);
    }
  };
  document.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}

// The MoJ script is larger than the rest together, so only pages that need it load it.
async function initialiseMojComponents() {
  if (document.querySelector('[data-module^="moj-"]')) {
    const moj = await import("/static/vendor/moj-frontend.min.js");
    moj.initAll();
  }
}

// With no connection a press on a button must not replace what was typed by the browser's own error page.
function keepWhatWasTypedOffline() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!navigator.onLine && form.hasAttribute("data-keep-offline")) {
      event.preventDefault();
      say(form, NO_CONNECTION);
    }
  });
  window.addEventListener("online", () => {
    for (const line of document.querySelectorAll("[data-offline]")) {
      line.firstElementChild.textContent = "The connection is back. You can save now.";
    }
  });
}

function say(form, sentence) {
  const line = form.querySelector("[data-draft-line]") ?? document.querySelector("[data-draft-line]") ?? addLine(form);
  line.dataset.offline = "";
  line.firstElementChild.textContent = sentence;
}

function addLine(form) {
  const line = document.createElement("div");
  line.className = "m-part";
  line.setAttribute("role", "status");
  line.dataset.draftLine = "";
  line.append(document.createElement("p"));
  line.firstElementChild.className = "m-part__text";
  form.append(line);
  return line;
}

// "Why this date?" beside a list opens under its row; the link itself goes to the page with the panel open.
function openPanelsInPlace() {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-in-place]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) {
      return;
    }
    event.preventDefault();
    const place = link.closest("[data-panel-place], .m-due, .m-entries__item") ?? link.parentElement;
    const open = place.querySelector("[data-panel]");
    if (open) {
      closePanel(open, link);
      return;
    }
    const panel = await fetchedPanel(link.href);
    if (!panel) {
      window.location.assign(link.href);
      return;
    }
    showPanel(panel, place, link);
  });
}

async function fetchedPanel(address) {
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) {
      return null;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-panel]");
  } catch (error) {
    if (error instanceof TypeError) {
      return null;
    }
    throw error;
  }
}

let panels = 0;

function showPanel(panel, place, link) {
  panels += 1;
  const heading = panel.querySelector("#panel-title");
  if (heading) {
    heading.id = `panel-title-${panels}`;
    panel.setAttribute("aria-labelledby", heading.id);
  }
  link.setAttribute("aria-expanded", "true");
  place.append(panel);
  heading?.focus();
  panel.querySelector("[data-close]")?.addEventListener("click", (event) => {
    event.preventDefault();
    closePanel(panel, link);
  });
}

function closePanel(panel, link) {
  panel.remove();
  link.setAttribute("aria-expanded", "false");
  link.focus();
}

// The server says how much time of an emergency access is left; here it only counts down.
function countDown() {
  const band = document.querySelector(".m-emergency[data-seconds]");
  const left = band?.querySelector("[data-left]");
  if (!left) {
    return;
  }
  const until = Date.now() + Number(band.dataset.seconds) * 1000;
  const tick = () => {
    const minutes = Math.ceil((until - Date.now()) / 60000);
    left.textContent = minutes > 0 ? `${spelled(minutes)} left` : "it has ended";
    if (minutes > 0) {
      setTimeout(tick, 15000);
    }
  };
  setTimeout(tick, 15000);
}

function spelled(minutes) {
  const parts = [[Math.floor(minutes / 60), "hour"], [minutes % 60, "minute"]];
  return parts.filter(([count]) => count).map(([count, word]) => `${count} ${word}${count === 1 ? "" : "s"}`).join(" ");
}

initialiseComponents();
openWhatRadiosReveal();
initialiseMojComponents();
keepWhatWasTypedOffline();
openPanelsInPlace();
countDown();
