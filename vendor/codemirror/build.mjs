// Build static/vendor/codemirror/codemirror.js and collect the licences of all that is in it.
import { build } from "esbuild";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../../static/vendor/codemirror");

// The studio's Content-Security-Policy forbids <style> elements. style-mod can do without, but asks for that only in
// shadow roots; every browser that this bundle runs in has adoptedStyleSheets on the document as well.
const withoutStyleElements = {
  name: "without-style-elements",
  setup(building) {
    building.onLoad({ filter: /style-mod\/.*\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const asked = "!root.head && root.adoptedStyleSheets";
      if (!source.includes(asked)) throw new Error("style-mod has changed: see to it that it makes no <style> element");
      return { contents: source.replaceAll(asked, "root.adoptedStyleSheets"), loader: "js" };
    });
  },
};

await mkdir(out, { recursive: true });
const { metafile } = await build({
  entryPoints: [join(here, "codemirror.js")],
  outfile: join(out, "codemirror.js"),
  bundle: true,
  format: "esm",
  minify: true,
  target: ["chrome111", "firefox113", "safari16.4"],
  legalComments: "none",
  banner: { js: "/* CodeMirror 6 and Lezer, MIT: see LICENSE. Built from vendor/codemirror (make vendor). */" },
  metafile: true,
  plugins: [withoutStyleElements],
});

const used = new Set(
  Object.keys(metafile.inputs)
    .map((path) => path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/))
    .filter(Boolean)
    .map((match) => match[1]),
);
const licences = [];
for (const name of [...used].sort()) {
  const folder = join(here, "node_modules", name);
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((one) => /^licen[sc]e/i.test(one));
  if (!file) throw new Error(`${name} comes without a licence`);
  licences.push(`${name} ${version}\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`);
}
await writeFile(join(out, "LICENSE"), licences.join(`\n${"-".repeat(80)}\n\n`));
