; Definitions, imports and references for the index: see src/context/syntax/fileTags.ts for what each capture means.
; Used by C and C++.

(function_definition declarator: (_) @declarator) @definition.function
(declaration declarator: (function_declarator) @declarator) @definition.function
(declaration declarator: (pointer_declarator (function_declarator)) @declarator) @definition.function
(declaration declarator: (reference_declarator (function_declarator)) @declarator) @definition.function
(field_declaration declarator: (_) @declarator) @definition.field
(type_definition declarator: (_) @declarator) @definition.type
(class_specifier name: (_) @name body: (_)) @definition.class
(struct_specifier name: (_) @name body: (_)) @definition.struct
(union_specifier name: (_) @name body: (_)) @definition.struct
(enum_specifier name: (_) @name body: (_)) @definition.enum
(enumerator name: (identifier) @name) @definition.enumMember
(alias_declaration name: (type_identifier) @name) @definition.type
(concept_definition name: (identifier) @name) @definition.type
(namespace_definition name: (_) @name) @definition.module
(preproc_def name: (identifier) @name) @definition.macro
(preproc_function_def name: (identifier) @name) @definition.macro
(translation_unit (declaration declarator: (identifier) @name) @definition.variable)
(translation_unit (declaration declarator: (init_declarator) @declarator) @definition.variable)
(namespace_definition (declaration_list (declaration declarator: (identifier) @name) @definition.variable))
(namespace_definition (declaration_list (declaration declarator: (init_declarator) @declarator) @definition.variable))

(preproc_include path: (_) @import.source) @import

(identifier) @reference
(type_identifier) @reference
(field_identifier) @reference
(namespace_identifier) @reference
