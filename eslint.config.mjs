import js from "@eslint/js";
import imports from "eslint-plugin-import-x";
import globals from "globals";

const { browser, node } = globals;

export default [
  { ignores: [".venv/", ".cache/", "assets/vendor/"] },
  js.configs.recommended,
  {
    plugins: { imports },
    rules: {
      "no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "prefer-const": "error",
      eqeqeq: "error",
      "no-var": "error",
      "imports/no-cycle": "error",
      "imports/no-unresolved": "error",
      "imports/named": "error",
    },
    settings: { "import-x/resolver-next": [imports.createNodeResolver()] },
  },
  { files: ["assets/**"], languageOptions: { globals: browser } },
  {
    files: ["assets/js/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "Program > VariableDeclaration[kind=let], Program > ExportNamedDeclaration > VariableDeclaration[kind=let]",
          message: "State lies in the store.",
        },
      ],
    },
  },
  { files: ["assets/scheme.js"], languageOptions: { sourceType: "script" } },
  { files: ["tests/**", "*.mjs"], languageOptions: { globals: node } },
];
