// Every script is an ES module, and schema.js, which the server makes, is the file that NNVIZ_SCHEMA names.

import { registerHooks } from "node:module";
import { env } from "node:process";
import { pathToFileURL } from "node:url";

const STATIC = new URL("../../nnviz/web/static/", import.meta.url);
const schema = pathToFileURL(env.NNVIZ_SCHEMA).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.endsWith("/schema.js")) return { url: schema, format: "module", shortCircuit: true };
    const served = context.parentURL === schema ? new URL(specifier, STATIC).href : specifier;
    const found = next(served, context);
    return /^file:.*\.js$/.test(found.url) ? { ...found, format: "module" } : found;
  },
});
