"""Fetch the front-end packages at fixed versions and write the few files of them that we serve.

Run it only to upgrade: the result is committed, so neither installing nor running needs npm.
"""

import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "mappa" / "web" / "static" / "vendor"
TESTS = ROOT / "tests" / "vendor"

FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
RESERVED = re.compile(r"[^{}]*\{[^{}]*govuk-crest[^{}]*\}|[^{};]*(?:crest|crown)[^{}]*\{[^{}]*\}")
ASSET_URL = re.compile(r"url\(/assets/images/([^)]+)\)")
SOURCE_MAP = re.compile(r"(?://#|/\*#) sourceMappingURL=\S+(?: ?\*/)?")


@dataclass(frozen=True)
class Package:
    """One npm package: what to ask for, the digest it must have, and the files we keep."""

    name: str
    version: str
    sha256: str
    licence: str
    css: str | None
    script: str
    images: str | None
    target: Path


PACKAGES = (
    Package(
        name="govuk-frontend",
        version="6.3.0",
        sha256="3d91fd1353e32e306a8ae493b44ba9c0277348b5dbc08442a3e63d822e516048",
        licence="MIT",
        css="package/dist/govuk/govuk-frontend.min.css",
        script="package/dist/govuk/govuk-frontend.min.js",
        images="package/dist/govuk/assets/images/",
        target=STATIC,
    ),
    Package(
        name="@ministryofjustice/frontend",
        version="11.1.0",
        sha256="9ec6ccf0739cefee1fdc663ca61387204dcf3fd9bfcfafa8b9159d993f38984b",
        licence="MIT",
        css="package/moj/moj-frontend.min.css",
        script="package/moj/moj-frontend.min.js",
        images="package/moj/assets/images/",
        target=STATIC,
    ),
    Package(
        name="axe-core",
        version="4.14.1",
        sha256="e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
        licence="MPL-2.0",
        css=None,
        script="package/axe.min.js",
        images=None,
        target=TESTS,
    ),
)


class WrongDigest(Exception):
    """The package that came is not the package that was checked when its version was fixed."""


def fetch(package: Package, folder: Path) -> bytes:
    """Return the packed archive of one package, or raise WrongDigest."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = (folder / packed.stdout.strip().splitlines()[-1]).read_bytes()
    digest = hashlib.sha256(archive).hexdigest()
    if digest != package.sha256:
        raise WrongDigest(f"{package.name} {package.version}: sha256 is {digest}")
    return archive


def plain_css(text: str) -> str:
    """Return the style sheet without fonts, crests and source map, with our own image addresses.

    The fonts and the crests are reserved for services on the government's own domain.
    """
    text = FONT_FACE.sub("", text).replace("GDS Transport,", "")
    text = SOURCE_MAP.sub("", RESERVED.sub("", text))
    return ASSET_URL.sub(r"url(/static/vendor/images/\1)", text).strip() + "\n"


def member(files: tarfile.TarFile, name: str) -> bytes:
    """Return one file of the archive; KeyError if it is not there."""
    found = files.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found.read()


def written(package: Package, archive: bytes) -> list[Path]:
    """Write the files we keep of one package and return their paths."""
    kept: dict[Path, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        script = SOURCE_MAP.sub("", member(files, package.script).decode()).strip() + "\n"
        kept[package.target / Path(package.script).name] = script.encode()
        if package.css is not None:
            css = plain_css(member(files, package.css).decode())
            kept[package.target / Path(package.css).name] = css.encode()
            for image in sorted(set(re.findall(r"/static/vendor/images/([^)]+)\)", css))):
                content = member(files, f"{package.images}{image}")
                kept[package.target / "images" / image] = content
    for path, content in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(kept)


def register(folder: Path, rows: list[tuple[Package, list[Path]]]) -> None:
    """Write VENDOR.md: what lies in the folder, from which version, under which licence."""
    lines = [
        "# Files made by others",
        "",
        "Written by `tools/vendor_frontend.py`; do not edit them here.",
        "The licence texts lie beside them. From the style sheets we took out fonts, crests",
        "and source maps, and changed the addresses of images.",
        "",
        "| Package | Version | Licence | sha256 of the package |",
        "|---|---|---|---|",
    ]
    lines += [f"| {p.name} | {p.version} | {p.licence} | `{p.sha256}` |" for p, _ in rows]
    lines += ["", "| File | From | sha256 |", "|---|---|---|"]
    for package, paths in rows:
        for path in paths:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines.append(f"| {path.relative_to(folder)} | {package.name} | `{digest}` |")
    (folder / "VENDOR.md").write_text("\n".join(lines) + "\n")


def main() -> int:
    """Fetch, check and write all packages."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for package in PACKAGES:
            rows.append((package, written(package, fetch(package, Path(name)))))
    for folder in (STATIC, TESTS):
        register(folder, [row for row in rows if row[0].target == folder])
    return 0


if __name__ == "__main__":
    sys.exit(main())
