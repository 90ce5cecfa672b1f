"""Languages of the corpus and how many bytes of each the training set may hold."""

LANGUAGE_BY_EXTENSION: dict[str, str] = {
    ".ts": "typescript", ".tsx": "typescript", ".mts": "typescript", ".cts": "typescript",
    ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".py": "python", ".go": "go", ".rs": "rust", ".java": "java",
    ".c": "c", ".h": "c",
    ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".hpp": "cpp", ".hh": "cpp", ".hxx": "cpp",
}

# Bytes of text a language may contribute.  The languages people use in this editor most get about 85 %.
BUDGET_BYTES: dict[str, int] = {
    "typescript": 48_000_000, "javascript": 24_000_000, "python": 42_000_000,
    "go": 5_000_000, "rust": 6_000_000, "c": 3_500_000, "cpp": 3_500_000, "java": 2_500_000,
}

# No package gives more than this in one language, so that no single house style dominates.
PACKAGE_CAP_BYTES = 1_500_000

# Tests are repetitive and over-represented in published packages (28 % of characters before this cap).
TEST_SHARE_MAX = 0.12
