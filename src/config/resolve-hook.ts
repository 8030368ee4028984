import { registerHooks } from "node:module";
import { extname } from "node:path";

/** The module `path` of this package, beside this one: `.ts` from source, `.js` from `dist/`. */
function own(path: string): string {
  return new URL(`../${path}${extname(new URL(import.meta.url).pathname)}`, import.meta.url).href;
}

const OWN: Readonly<Record<string, string>> = {
  fieldline: own("index"),
  "fieldline/plugin": own("plugin/index"),
  "fieldline/testing": own("testing/index"),
};

let from: string | undefined;
let hooked = false;

/**
 * From now on a plugin gets this package, whatever lies in its node_modules: what it declares is then known here, and a
 * local file needs no node_modules at all.
 */
export function hookImports(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      const url = OWN[specifier];
      if (url !== undefined) return { url, shortCircuit: true };
      return next(specifier, from === undefined ? context : { ...context, parentURL: from });
    },
  });
}

/**
 * The URL of a package's module, as a file at `parent` would import it.
 * @throws Error with the code ERR_MODULE_NOT_FOUND when it is not installed there
 */
export function resolveFrom(specifier: string, parent: URL): string {
  hookImports();
  from = parent.href;
  try {
    return import.meta.resolve(specifier);
  } finally {
    from = undefined;
  }
}
