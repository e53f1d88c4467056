/**
 * Bundle the page's modules and styles into static/vendor/, once for each page.
 *
 * Called by `python -m playground.web.bundle`, which knows when there is anything to do.
 */
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const OUT = join(ROOT, "static", "vendor");
const PAGES = ["start", "lessons", "sandbox", "shared", "lab", "certificate", "authors", "embed"];
/** Pages without modules. */
const STYLES = ["print"];
/** Of one page, everything that it loads, compressed. */
const BUDGET_KB = 350;

/**
 * xterm.js writes its theme into <style> elements and colours into style attributes. A Content-Security-Policy without
 * 'unsafe-inline' refuses both, so it gets our <adopted-style> element (static/js/terminal/adopted_style.js) and the CSSOM.
 * @type {import("esbuild").Plugin}
 */
const xtermUnderAStrictPolicy = {
  name: "xterm-under-a-strict-policy",
  setup(build) {
    build.onLoad({ filter: /@xterm[\\/]xterm[\\/]lib[\\/]xterm\.mjs$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      contents = replaceExactly(contents, /createElement\("style"\)/g, 'createElement("adopted-style")', 3);
      contents = replaceExactly(
        contents,
        /_addStyle\((\w),(\w)\)\{\w\.setAttribute\("style",`[^`]*`\)\}/g,
        "_addStyle($1,$2){$1.style.cssText+=$2}",
        1,
      );
      return { contents, loader: "js" };
    });
  },
};

/**
 * @param {string} text
 * @param {RegExp} pattern
 * @param {string} replacement
 * @param {number} times how often it must occur: another version of xterm.js has to be looked at again
 */
function replaceExactly(text, pattern, replacement, times) {
  const found = text.match(pattern)?.length ?? 0;
  if (found !== times) throw new Error(`xterm.js: ${pattern} occurs ${found} times, not ${times}`);
  return text.replace(pattern, replacement);
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const { metafile } = await esbuild.build({
  absWorkingDir: ROOT,
  entryPoints: [
    ...PAGES.map((page) => ({ in: `static/js/${page}.js`, out: page })),
    ...[...PAGES, ...STYLES].map((page) => ({ in: `static/css/${page}.css`, out: page })),
  ],
  outdir: "static/vendor",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  // They weigh more than all the rest: only for whoever debugs the page (`SOURCE_MAPS=1`), never in a package.
  sourcemap: Boolean(process.env.SOURCE_MAPS),
  legalComments: "linked",
  loader: { ".woff2": "file" },
  entryNames: "[name]",
  // What other files name carries a hash, and may be kept by browsers (playground/web/static_files.py).
  assetNames: "font-[name]-[hash]",
  chunkNames: "chunk-[hash]",
  plugins: [xtermUnderAStrictPolicy],
  metafile: true,
  logLevel: "warning",
});

/** @param {string} output @returns {string[]} the output and all that it imports, fonts included */
function closure(output, seen = new Set()) {
  if (seen.has(output)) return [];
  seen.add(output);
  const imports = metafile.outputs[output]?.imports.filter((i) => !i.external).map((i) => i.path) ?? [];
  return [output, ...imports.flatMap((path) => closure(path, seen))];
}

for (const page of PAGES) {
  const files = [`static/vendor/${page}.js`, `static/vendor/${page}.css`].flatMap((file) => closure(file));
  let bytes = 0;
  for (const file of new Set(files)) {
    const data = await readFile(join(ROOT, file));
    bytes += file.endsWith(".woff2") ? data.length : gzipSync(data).length;
  }
  const kilobytes = Math.ceil(bytes / 1024);
  console.log(`${page}: ${kilobytes} kB compressed`);
  if (kilobytes > BUDGET_KB) throw new Error(`${page} is ${kilobytes} kB compressed, over ${BUDGET_KB} kB`);
}
for (const name of await readdir(OUT)) {
  if ((await stat(join(OUT, name))).size === 0) throw new Error(`${name} came out empty`);
}
