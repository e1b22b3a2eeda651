import type { Ground, Tone } from "../draw/cells.js";
import type { Colour, Depth, Look, Theme } from "./types.js";

/** no-color.org; else what TERM and COLORTERM say. */
export function depthOf(env: Readonly<Record<string, string | undefined>>, colour: "auto" | "always" | "never"): Depth {
	if (colour === "never" || (colour === "auto" && env["NO_COLOR"])) return "none";
	if (/truecolor|24bit/i.test(env["COLORTERM"] ?? "") || /-direct\b/.test(env["TERM"] ?? "")) return "true";
	return /256color/.test(env["TERM"] ?? "") ? "256" : "16";
}

/** The attributes of every tone on every ground, as SGR sequences made once. */
export class Styles {
	readonly #theme: Theme;
	readonly #depth: Depth;
	readonly #known = new Map<string, string>();

	constructor(theme: Theme, depth: Depth) {
		this.#theme = theme;
		this.#depth = depth;
	}

	/** "\x1b[0;…m" */
	sgr(tone: Tone, ground: Ground): string {
		const key = `${tone} ${ground}`;
		let known = this.#known.get(key);
		if (known === undefined) {
			known = this.#make(tone, ground);
			this.#known.set(key, known);
		}
		return known;
	}

	#make(tone: Tone, ground: Ground): string {
		const front = this.#theme.tones[tone];
		const back = this.#theme.grounds[ground];
		const codes = ["0"];
		if (front.bold) codes.push("1");
		if (front.dim) codes.push("2");
		if (front.underline || back.underline) codes.push("4");
		if (this.#depth === "none") {
			if (PLAIN_INVERSE.has(ground)) codes.push("7");
			return `\x1b[${codes.join(";")}m`;
		}
		if (back.inverse) codes.push("7");
		// On a strong ground the tone's own colour would not be readable: that ground says the colour of its text.
		const text = back.text ?? front.colour;
		if (text !== undefined) codes.push(foreground(text, this.#depth));
		if (back.colour !== undefined) codes.push(background(back.colour, this.#depth));
		return `\x1b[${codes.join(";")}m`;
	}
}

/** Grounds that are drawn inverse where there are no colours. */
const PLAIN_INVERSE: ReadonlySet<Ground> = new Set(["selected", "popupSelected", "match", "bar", "cursor"]);

function foreground(colour: Colour, depth: Depth): string {
	if (depth === "16") return String(colour.ansi < 8 ? 30 + colour.ansi : 82 + colour.ansi);
	return depth === "256" ? `38;5;${nearest256(colour.hex)}` : `38;2;${rgb(colour.hex).join(";")}`;
}

function background(colour: Colour, depth: Depth): string {
	if (depth === "16") return String(colour.ansi < 8 ? 40 + colour.ansi : 92 + colour.ansi);
	return depth === "256" ? `48;5;${nearest256(colour.hex)}` : `48;2;${rgb(colour.hex).join(";")}`;
}

export type { Look };

function rgb(hex: string): [number, number, number] {
	return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
}

const LEVELS = [0, 95, 135, 175, 215, 255];

/** The colour of the 6x6x6 cube or the grey ramp that is nearest. */
export function nearest256(hex: string): number {
	const wanted = rgb(hex);
	const steps = wanted.map((value) =>
		LEVELS.reduce((best, level, at) => (Math.abs(level - value) < Math.abs(LEVELS[best]! - value) ? at : best), 0),
	);
	const grey = Math.min(23, Math.max(0, Math.round((wanted.reduce((sum, value) => sum + value, 0) / 3 - 8) / 10)));
	const cube = distance(
		wanted,
		steps.map((step) => LEVELS[step]!),
	);
	const ramp = distance(wanted, [8 + grey * 10, 8 + grey * 10, 8 + grey * 10]);
	return ramp < cube ? 232 + grey : 16 + 36 * steps[0]! + 6 * steps[1]! + steps[2]!;
}

function distance(a: readonly number[], b: readonly number[]): number {
	return a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);
}
