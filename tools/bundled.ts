/**
 * The packages that `npm run build` puts into dist/, with all that they need: they are among the devDependencies, and who
 * installs Fieldline installs neither them nor what they would bring along. johnny-five would bring serialport 8, which is
 * compiled while it is installed: docs/decisions/0020-johnny-five-inside.md.
 */
export const BUNDLED: readonly string[] = ["johnny-five", "firmata-io"];

/**
 * Packages that the bundled ones name and that are left out: johnny-five asks for them only when it is to open a port by
 * itself, and it is always given one that is open.
 */
export const LEFT_OUT: readonly string[] = ["serialport", "browser-serialport", "firmata"];
