import { join } from "node:path";
import type { ReadStream, WriteStream } from "node:tty";
import type { ClassifyOptions } from "../../core/classify/classify.js";
import type { Entry } from "../../core/model/entry.js";
import type { Problem } from "../../core/model/problem.js";
import { App } from "./app/app.js";
import { ViewsFile } from "./app/views-file.js";
import { LiveWorld } from "./app/world.js";
import type { Keymap } from "./keys/keymap.js";
import type { LiveControls } from "./live/types.js";
import type { StoreOptions } from "./store/store.js";
import type { Depth } from "./theme/types.js";

export interface TuiOptions {
	terminal: { input: ReadStream; output: WriteStream };
	/** file name or hops; shown at the top */
	title: string;
	/** "reading", "live" … */
	phase: string;
	keys: Keymap;
	/** name of a theme */
	theme: string;
	depth: Depth;
	classify: ClassifyOptions;
	live?: LiveControls;
	/** where views are kept; undefined: nowhere */
	configFolder?: string;
	/** default: vi */
	editor?: string;
	store?: StoreOptions;
}

/**
 * The terminal user interface over whatever has entries to tell: a capture, the live proxy, a replay.
 *
 *     const tui = new Tui({ title: "chat.pcapng", phase: "reading", … });
 *     proxy.on("entry", (entry) => tui.entry(entry));
 *     await tui.ended;      // the user wants to end, or the terminal is gone
 *     tui.close();          // the terminal is as it was
 */
export class Tui {
	/** fulfilled when the user wants to end, or the terminal is gone */
	readonly ended: Promise<void>;
	readonly #world: LiveWorld;
	readonly #app: App;

	constructor(options: TuiOptions) {
		const { terminal, title, phase, keys, theme, depth, classify, live, configFolder, editor = "vi", store } = options;
		this.#world = new LiveWorld({
			keys,
			source: { title, phase },
			classify,
			live,
			clock: () => {
				const now = Date.now();
				return { sec: Math.floor(now / 1000), nsec: (now % 1000) * 1e6 };
			},
			...(store === undefined ? {} : { store }),
		});
		let end: () => void;
		this.ended = new Promise((resolve) => {
			end = resolve;
		});
		const views = configFolder === undefined ? undefined : new ViewsFile(join(configFolder, "views.yaml"));
		this.#app = new App({ world: this.#world, terminal, theme, depth, views, editor, ended: () => end() });
	}

	/** The zero of relative times. */
	start(at: { sec: number; nsec: number }): void {
		this.#world.store.zero ??= { sec: at.sec, nsec: at.nsec };
	}

	/** An entry whose octets are lent: they are copied, everything else waits until there is time. */
	entry(entry: Entry): void {
		this.#world.store.add(entry);
		this.#app.changed();
	}

	late(number: number, problem: Problem): void {
		this.#world.store.late(number, problem);
		this.#app.changed();
	}

	/** How far the source is; `warning` is something that the user has to know. */
	status({ title, phase, warning }: { title?: string; phase?: string; warning?: string }): void {
		const { source } = this.#world;
		if (title !== undefined) source.title = title;
		if (phase !== undefined) source.phase = phase;
		if (warning !== undefined) source.warning = warning;
		this.#app.changed();
	}

	/** Something that was said outside. */
	log(text: string): void {
		this.notice(text);
	}

	/** Something changed that is asked for when a frame is drawn: held messages. */
	changed(): void {
		this.#app.changed();
	}

	/** Something that was done or went wrong outside, in one line: shown at the bottom, and kept for the log. */
	notice(text: string, tone: "note" | "warn" | "error" = "note"): void {
		this.#app.notice(text, tone);
	}

	/** Entries that wait to be looked at: whoever reads a file reads on when they are few. */
	get waiting(): number {
		return this.#world.store.waiting;
	}

	close(): void {
		this.#app.close();
	}
}
