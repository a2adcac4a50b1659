"""What comes back from the page that showed two people's texts side by side."""

from collections.abc import Collection

from werkzeug.datastructures import MultiDict

_YOURS = "yours."


def settled(
    form: MultiDict[str, str], *, last_line: Collection[str] = ()
) -> MultiDict[str, str] | None:
    """The form as its sender settled it; None if the other's text was kept.

    ``last_line`` names the fields that hold one choice or one line: of two joined texts the
    sender's own, which stands last, is taken. A form from anywhere else comes back as it is.
    """
    kept = form.getlist("keep")
    if not kept:
        return form
    if kept[-1] == "theirs":
        return None
    said: MultiDict[str, str] = MultiDict()
    for name, values in form.lists():
        if name == "keep" or name.startswith(_YOURS):
            continue
        said.setlist(name, values)
        mine = form.getlist(_YOURS + name)
        if kept[-1] == "mine" and mine:
            said[name] = mine[-1]
        elif name in last_line:
            said[name] = values[-1].strip().split("\n")[-1].strip()
    return said
