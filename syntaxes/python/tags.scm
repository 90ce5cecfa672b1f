; Definitions, imports and references for the index: see src/context/syntax/fileTags.ts for what each capture means.

(class_definition name: (identifier) @name) @definition.class
(function_definition name: (identifier) @name) @definition.function
(type_alias_statement . (type) @name) @definition.type
(module (expression_statement (assignment left: (identifier) @name) @definition.constant))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @definition.field)))
(assignment
  left: (attribute object: (identifier) @_self attribute: (identifier) @name)
  (#eq? @_self "self")) @definition.field

(import_statement name: (dotted_name) @import.module) @import
(import_statement name: (aliased_import name: (dotted_name) @import.module)) @import
(aliased_import alias: (identifier) @import.alias)
(import_from_statement module_name: (_) @import.source) @import
(import_from_statement module_name: (_) name: (dotted_name) @import.name) @import
(import_from_statement module_name: (_) name: (aliased_import name: (dotted_name) @import.name)) @import
(import_from_statement module_name: (_) (wildcard_import) @import.all) @import

(identifier) @reference
