// Says that scripts run, before anything is drawn. A file of its own, so that a page needs no script inside it.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
