// What a script of the pages may not do. Types are tsc's (tsconfig.json); how lines are broken is the author's.

import js from "@eslint/js";
import globals from "globals";

const LINE = { code: 120, ignoreUrls: true };

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2025, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "max-len": ["error", LINE],
      "max-lines": ["error", 500],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "prefer-const": "error",
      "no-var": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow": ["error", { allow: ["_"] }],
      "no-throw-literal": "error",
      "object-shorthand": "error",
      "prefer-template": "error",
    },
  },
  { files: ["nnviz/web/static/**/*.js"], languageOptions: { globals: { ...globals.browser, Plotly: "readonly" } } },
  { files: ["tests/js/**/*.js"], languageOptions: { globals: globals.node } },
];
