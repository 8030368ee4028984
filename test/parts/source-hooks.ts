/**
 * Lets a child process run sources as they are, without a build: `node --import THIS FILE.ts`.
 * "fieldline/plugin" and the like mean the sources here, where package.json means what has been built.
 */
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) => {
    const [, name] = /^fieldline\/(plugin|testing)$/.exec(specifier) ?? [];
    return next(name === undefined ? specifier : new URL(`../../src/${name}/index.ts`, import.meta.url).href, context);
  },
});
