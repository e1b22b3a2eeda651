// Takes docs/tui.svg: the terminal user interface in a real terminal (tmux), on a capture that comes with it. Run after a build:
// node docs/tui-picture.mjs
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const socket = `mitmsrp-picture-${process.pid}`;
const [COLUMNS, ROWS] = [110, 26];
const [CELL, LINE, EDGE] = [8.4, 19, 14];
const GROUND = "#1e1e2e";
const TEXT = "#cdd6f4";

const tmux = (...args) => execFileSync("tmux", ["-L", socket, ...args], { encoding: "utf8" });

async function until(looks) {
	for (let tries = 0; tries < 300; tries++) {
		if (looks.test(tmux("capture-pane", "-p"))) return;
		await pause(50);
	}
	throw new Error(`the screen never showed ${looks}:\n${tmux("capture-pane", "-p")}`);
}

/** The screen's cells by line: runs of text that look alike. */
function runsOf(screen) {
	let style = {};
	return screen
		.replace(/\n$/, "")
		.split("\n")
		.map((line) => {
			const runs = [];
			let column = 0;
			for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
				const sgr = /^\x1b\[([\d;]*)m$/.exec(part);
				if (sgr !== null) style = styled(style, sgr[1]);
				else if (part !== "") {
					runs.push({ text: part, column, ...style });
					column += [...part].length;
				}
			}
			return runs;
		});
}

function styled(before, text) {
	let style = { ...before };
	const codes = text.split(";").map(Number);
	for (let at = 0; at < codes.length; at++) {
		const code = codes[at];
		if (code === 0) style = {};
		else if (code === 1) style.bold = true;
		else if (code === 4) style.underlined = true;
		else if (code === 22) style.bold = false;
		else if (code === 24) style.underlined = false;
		else if (code === 39) style.colour = undefined;
		else if (code === 49) style.ground = undefined;
		else if ((code === 38 || code === 48) && codes[at + 1] === 2) {
			const colour = `#${codes
				.slice(at + 2, at + 5)
				.map((one) => one.toString(16).padStart(2, "0"))
				.join("")}`;
			style[code === 38 ? "colour" : "ground"] = colour;
			at += 4;
		} else throw new Error(`this picture knows nothing of SGR ${text}`);
	}
	return style;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const number = (value) => String(Math.round(value * 10) / 10);

function svg(lines) {
	const [width, height] = [COLUMNS * CELL + 2 * EDGE, lines.length * LINE + 2 * EDGE];
	const grounds = [];
	const texts = [];
	for (const [row, runs] of lines.entries()) {
		for (const { text, column, bold, underlined, colour, ground } of runs) {
			const [x, y, span] = [EDGE + column * CELL, EDGE + row * LINE, [...text].length * CELL];
			if (ground !== undefined)
				grounds.push(`<rect x="${number(x)}" y="${number(y)}" width="${number(span)}" height="${LINE}" fill="${ground}"/>`);
			const extra = [bold ? ' font-weight="bold"' : "", underlined ? ' text-decoration="underline"' : ""].join("");
			// Renderers fold spaces: what stands between them is put where it belongs.
			for (const word of text.matchAll(/\S+(?: \S+)*/g)) {
				const from = EDGE + (column + [...text.slice(0, word.index)].length) * CELL;
				const wide = [...word[0]].length * CELL;
				texts.push(
					`<text x="${number(from)}" y="${number(y + 14)}" textLength="${number(wide)}" fill="${colour ?? TEXT}"${extra}>${escaped(word[0])}</text>`,
				);
			}
		}
	}
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width)}" height="${number(height)}" role="img" aria-label="The terminal user interface: one session as a ladder, classes in colour and letters, a divergence chosen">`,
		`<rect width="100%" height="100%" rx="8" fill="${GROUND}"/>`,
		...grounds,
		'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14" xml:space="preserve">',
		...texts,
		"</g>",
		"</svg>",
		"",
	].join("\n");
}

try {
	const settings = [
		"set",
		"-g",
		"default-terminal",
		"tmux-256color",
		";",
		"set",
		"-g",
		"status",
		"off",
		";",
		"set",
		"-ga",
		"terminal-overrides",
		",*:Tc",
		";",
	];
	const env = { ...process.env, COLORTERM: "truecolor", LC_ALL: "C.UTF-8" };
	delete env.TMUX;
	delete env.NO_COLOR;
	const command = [process.execPath, `${root}dist/shell/cli/main.js`, "open", `${root}captures/sylkserver-conference.pcapng`];
	const session = ["new-session", "-d", "-x", String(COLUMNS), "-y", String(ROWS), ...command];
	execFileSync("tmux", ["-L", socket, "-f", "/dev/null", "start-server", ";", ...settings, ...session], { env });
	await until(/155 entries/);
	tmux("send-keys", "Enter");
	await until(/── #7 .*\n.*\n.*\n.*DO2/);
	writeFileSync(`${root}docs/tui.svg`, svg(runsOf(tmux("capture-pane", "-p", "-e"))));
} finally {
	spawnSync("tmux", ["-L", socket, "kill-server"]);
}
