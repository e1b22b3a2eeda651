// Draws docs/picture.svg: the second half of what `mitmsrp demo` prints, colours and all. Run after a build: node docs/picture.mjs [--check]
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const WIDTH = 96;
const command = ["demo", "--color", "always", "--width", String(WIDTH)];
const run = spawnSync(process.execPath, [fileURLToPath(new URL("dist/shell/cli/main.js", root)), ...command], {
	cwd: fileURLToPath(root),
	encoding: "utf8",
});
if (run.status !== 0) throw new Error(run.stderr);

const COLOURS = {
	30: "#000",
	31: "#f38ba8",
	32: "#a6e3a1",
	33: "#f9e2af",
	34: "#89b4fa",
	35: "#cba6f7",
	36: "#94e2d5",
	37: "#fff",
	90: "#7f849c",
};
const LINE = 15;
const CHAR = 6.65;
const xml = (text) => text.replace(/[&<>"]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char]);

/** One line with SGR sequences as tspans. */
function line(text) {
	let style = {};
	let out = "";
	for (const part of text.split(/(\x1b\[[0-9;]*m)/)) {
		const codes = /^\x1b\[([0-9;]*)m$/.exec(part)?.[1];
		if (codes === undefined) {
			const attributes = `${style.fill ? ` fill="${style.fill}"` : ""}${style.bold ? ' font-weight="bold"' : ""}${style.dim ? ' opacity="0.6"' : ""}`;
			if (part !== "") out += attributes === "" ? xml(part) : `<tspan${attributes}>${xml(part)}</tspan>`;
			continue;
		}
		for (const code of codes.split(";").map(Number)) {
			if (code === 0) style = {};
			else if (code === 1) style = { ...style, bold: true };
			else if (code === 2) style = { ...style, dim: true };
			else if (code === 22) style = { ...style, bold: false, dim: false };
			else if (code === 39) style = { ...style, fill: undefined };
			else if (COLOURS[code]) style = { ...style, fill: COLOURS[code] };
		}
	}
	return out;
}

const printed = run.stdout.trimEnd().split("\n");
const half = printed.findIndex((text) => text.includes("with the ALG"));
const next = printed.findIndex((text) => text.includes("Next:"));
if (half < 0 || next < half) throw new Error("the demo does not print what it used to");
const lines = ["$ mitmsrp demo", ...printed.slice(half, next)];
const width = Math.ceil(WIDTH * CHAR + 24);
const height = lines.length * LINE + 28;
const rows = lines.map((text, index) => `<text x="12" y="${24 + index * LINE}" xml:space="preserve">${line(text)}</text>`);
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Terminal: a group chat behind an ALG, message by message, and which clients show it differently">
<rect width="100%" height="100%" rx="8" fill="#1e1e2e"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="11" fill="#cdd6f4">
${rows.join("\n")}
</g>
</svg>
`;
const target = new URL("picture.svg", import.meta.url);
if (process.argv.includes("--check")) {
	if (readFileSync(target, "utf8") !== svg) {
		console.error("docs/picture.svg is stale: npm run build && npm run docs");
		process.exit(1);
	}
} else writeFileSync(target, svg);
