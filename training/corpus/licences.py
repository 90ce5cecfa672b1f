"""Which licences are permissive, how packages state theirs, and which repositories are never read.

Only licences without copyleft of any strength are accepted: MPL, EPL, CDDL, LGPL and the Creative Commons family (other
than CC0) are refused, and so is everything this list does not know.
"""

import re

from patterns import HintedPattern

_PERMISSIVE = re.compile(
    r"^(mit(-0)?|mit[ /.-].*|expat.*|x11.*|isc.*|0?bsd.*|(new|revised|simplified|modified|2-clause|3-clause)[ -]bsd.*"
    r"|apache.*|asl-?2.*|zlib.*|bsl-1.*|boost.*|postgresql.*|cc0.*|unlicen[sc]e|public[- ]domain.*|psf.*|python.*"
    r"|ncsa.*|curl|libpng.*|hpnd.*|upl.*|blueoak.*|ntp|wtfpl.*|bzip2.*|go|lua)$", re.I)

COPYLEFT_IN_TEXT = HintedPattern(
    r"GNU (Lesser |Library |Affero )?General Public|\b[AL]?GPL\b|\bL?GPL[-v]?[23]|Mozilla Public|\bMPL[- ]?[12]|\bCDDL\b"
    r"|Eclipse Public|\bEPL-|Creative Commons|CC[- ]BY|Business Source|Elastic License|proprietary and confidential",
    ("gpl", "general public", "mozilla public", "mpl-", "mpl ", "mpl1", "mpl2", "cddl", "eclipse public", "epl-", "creative commons",
     "cc-by", "cc by", "business source", "elastic license", "proprietary and"), re.I)

_PERMISSIVE_IN_TEXT = re.compile(
    r"Apache License|Expat|\bMIT\b|\bBSD\b|Permission is hereby granted|Permission to use, copy, modify|Redistribution and use", re.I)

# Repositories kept for evaluating completion, and editors' assistants whose work ours is compared with.  They stay out under
# every package name they publish.
_EXCLUDED_REPOSITORY = re.compile(
    r"(^|[/:])(honojs/[\w.-]+|trpc/trpc|tokio-rs/axum|caddyserver/caddy|gin-gonic/gin|encode/httpx|scrapy/scrapy"
    r"|burntsushi/ripgrep|google-gemini/gemini-cli|openai/openai-agents[\w-]*|github/github-mcp-server|microsoft/edit"
    r"|microsoft/vscode-copilot[\w-]*|ggml-org/llama\.vscode)(\.git)?(/|#|$)", re.I)
_EXCLUDED_NAME = re.compile(
    r"^(hono|@hono/.*|@trpc/.*|@google/gemini-cli.*|@openai/agents.*|python3-(httpx|scrapy|openai-agents)"
    r"|@vscode/copilot.*|@github/copilot.*|(vscode-)?copilot-chat.*|llama[.-]vscode.*"
    r"|golang-github-(gin-gonic-gin|caddyserver-caddy|github-github-mcp-server).*-dev"
    r"|librust-(axum|grep|globset|ignore|ripgrep|edit)([-+].*)?-dev|httpx|python-scrapy|rust-(axum|ripgrep|globset|ignore|grep.*)|caddy)$",
    re.I)
_EXCLUDED_PATH = re.compile(r"(^|/)(httpx|scrapy|hono|ripgrep|axum|vscode-copilot[\w-]*|copilot-chat|llama\.vscode)/", re.I)


def is_excluded(package: str, repository: str = "") -> bool:
    """True for packages built from a repository that is kept for evaluation."""
    return bool(_EXCLUDED_NAME.match(package) or _EXCLUDED_REPOSITORY.search(repository))


def is_excluded_path(path: str) -> bool:
    """True for a copy of such a repository inside another package."""
    return bool(_EXCLUDED_PATH.search(path))


def is_permissive(expression: object) -> bool:
    """Evaluates an SPDX-like expression: one alternative of an OR whose AND-ed parts are all permissive is enough."""
    if not isinstance(expression, str):
        return False
    text = expression.strip().strip("()").lower().replace("licence", "license")
    for alternative in re.split(r"\s+or\s+|\s*/\s*(?=apache|mit|bsd)|\s*\|\s*", text):
        parts = [p.strip(" ()") for p in re.split(r"\s+and\s+|,\s*", alternative) if p.strip(" ()")]
        if parts and all(_PERMISSIVE.match(p) for p in parts):
            return True
    return False


def npm_licence(manifest: dict) -> str:
    """The licence expression of a package.json, in any of the shapes npm has allowed."""
    value = manifest.get("license") or manifest.get("licenses") or ""
    if isinstance(value, dict):
        value = value.get("type", "")
    if isinstance(value, list):
        value = " OR ".join(str(v.get("type", "")) if isinstance(v, dict) else str(v) for v in value)
    return str(value)


def parse_dep5(copyright_text: str) -> list[tuple[list[str], str]] | None:
    """(file patterns, licence) per stanza of a machine-readable Debian copyright file, or None for a free-form one."""
    if not re.search(r"^Format:\s*\S*copyright-format", copyright_text, re.M | re.I):
        return None
    stanzas = []
    for stanza in re.split(r"\n\s*\n", copyright_text):
        files = re.search(r"^Files:(.*(?:\n[ \t].*)*)", stanza, re.M)
        licence = re.search(r"^License:\s*(.*)", stanza, re.M)
        if files and licence:
            stanzas.append((files.group(1).split(), licence.group(1).strip()))
    return stanzas or None


def free_form_is_permissive(copyright_text: str) -> bool:
    """A free-form copyright file that names a permissive licence and no copyleft one."""
    return bool(_PERMISSIVE_IN_TEXT.search(copyright_text)) and not COPYLEFT_IN_TEXT.found_in(copyright_text)
