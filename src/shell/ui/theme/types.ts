import type { Ground, Tone } from "../draw/cells.js";

/** A colour as true colour, and the one of the sixteen (0 to 15) that stands for it on poorer terminals. */
export interface Colour {
	readonly hex: string;
	readonly ansi: number;
}

export interface Look {
	readonly colour?: Colour;
	readonly bold?: boolean;
	readonly dim?: boolean;
	readonly underline?: boolean;
	readonly inverse?: boolean;
}

export interface Theme {
	readonly name: string;
	/** one line for the list of themes */
	readonly words: string;
	readonly tones: Readonly<Record<Tone, Look>>;
	/** `colour` is the background; without colours `inverse` and `underline` tell selection and evidence apart */
	readonly grounds: Readonly<Record<Ground, Look & { readonly text?: Colour }>>;
}

/** What the terminal can show: nothing but attributes (NO_COLOR), 16 colours, 256, or any. */
export type Depth = "none" | "16" | "256" | "true";
