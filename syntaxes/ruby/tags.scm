; Definitions, imports and references for the index: see src/context/syntax/fileTags.ts for what each capture means.

(class name: (_) @name) @definition.class
(module name: (_) @name) @definition.module
(method name: (_) @name) @definition.method
(singleton_method name: (_) @name) @definition.method
(assignment left: (constant) @name) @definition.constant
(call
  method: (identifier) @_accessor
  arguments: (argument_list (simple_symbol) @name)
  (#match? @_accessor "^(attr_(reader|writer|accessor)|scope|has_many|has_one|belongs_to)$")) @definition.field

(call
  method: (identifier) @import.relative
  arguments: (argument_list . (string (string_content) @import.source) .)
  (#match? @import.relative "^(require|require_relative|load|autoload)$")) @import

(identifier) @reference
(constant) @reference
(instance_variable) @reference
