#!/usr/bin/env node
/** The entry: imports nothing before it knows that this Node can read the rest. */
const OLDEST = [22, 19] as const;
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `fieldline needs Node.js ${OLDEST.join(".")} or newer, and this is ${process.versions.node}: install a newer one from your system's packages or nodejs.org\n`,
  );
  process.exitCode = 1;
} else {
  const { keepCompiledCode } = await import("./compile-cache.ts");
  keepCompiledCode(process.env);
  const { main } = await import("./program.ts");
  await main(process.argv);
}
