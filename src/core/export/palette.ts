import type { Severity } from "../model/problem.js";

type Paint = (text: string) => string;

/** Families of message classes. The label beside the colour says the rest. */
export type ClassTone = "system" | "group" | "private" | "quiet" | "odd";

/** Who may colour what. The shell makes one from a terminal library; PLAIN_PALETTE leaves texts alone. */
export interface Palette {
	dim: Paint;
	bold: Paint;
	request: Paint;
	success: Paint;
	failure: Paint;
	session: Paint;
	protocol: Paint;
	severity: Readonly<Record<Severity, Paint>>;
	classes: Readonly<Record<ClassTone, Paint>>;
}

const same: Paint = (text) => text;

export const PLAIN_PALETTE: Palette = {
	dim: same,
	bold: same,
	request: same,
	success: same,
	failure: same,
	session: same,
	protocol: same,
	severity: { error: same, warn: same, note: same, chat: same },
	classes: { system: same, group: same, private: same, quiet: same, odd: same },
};
