#!/usr/bin/python3
"""Languages of the corpus.  As a program: prints their names, one a line."""

LANGUAGE_BY_EXTENSION: dict[str, str] = {
    ".ts": "typescript", ".tsx": "typescript", ".mts": "typescript", ".cts": "typescript",
    ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".py": "python", ".go": "go", ".rs": "rust", ".java": "java",
    ".c": "c", ".h": "c",
    ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".hpp": "cpp", ".hh": "cpp", ".hxx": "cpp",
    ".cs": "csharp", ".kt": "kotlin", ".swift": "swift", ".php": "php", ".rb": "ruby", ".lua": "lua",
    ".sh": "shell", ".bash": "shell", ".sql": "sql",
    ".html": "html", ".vue": "vue", ".svelte": "svelte", ".css": "css", ".scss": "css", ".less": "css",
    ".json": "json", ".yaml": "yaml", ".yml": "yaml",
}

LANGUAGES = tuple(dict.fromkeys(LANGUAGE_BY_EXTENSION.values()))

# What a comment of a language begins with; all others have those of C.
COMMENT_STYLE: dict[str, str] = {
    "python": "#", "ruby": "#", "shell": "#", "yaml": "#",
    "sql": "--", "lua": "--",
    "html": "<!--", "vue": "<!--", "svelte": "<!--",
}

if __name__ == "__main__":
    print("\n".join(LANGUAGES))
