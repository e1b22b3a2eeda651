import { performance } from "node:perf_hooks";
import type { ReadStream, WriteStream } from "node:tty";
import { escapeTerminal } from "../../../core/export/escape.js";
import type { Drawn } from "../panels/drawn.js";
import { compose } from "../panels/index.js";
import type { Effect, Event, Target } from "../state/events.js";
import { reduce } from "../state/reduce.js";
import { initialState, type State } from "../state/state.js";
import { Painter } from "../terminal/painter.js";
import { Terminal } from "../terminal/terminal.js";
import { Styles } from "../theme/sgr.js";
import { THEMES, themeNamed } from "../theme/themes.js";
import type { Depth } from "../theme/types.js";
import { editInEditor } from "./editor.js";
import { SearchJob } from "./search.js";
import { searchedOf } from "./searched.js";
import type { ViewsFile } from "./views-file.js";
import type { LiveWorld } from "./world.js";

export interface AppOptions {
	world: LiveWorld;
	terminal: { input: ReadStream; output: WriteStream };
	theme: string;
	depth: Depth;
	views: ViewsFile | undefined;
	/** the user's editor */
	editor: string;
	/** the user wants to end */
	ended(): void;
}

/** Milliseconds between frames that only traffic asks for: ten a second. */
const FRAME = 100;
/** Milliseconds between frames that keys ask for. */
const KEY_FRAME = 16;
/** Milliseconds of work at once, before input and traffic get their turn. */
const SLICE = 4;
const WHEEL = 3;
/** Milliseconds between looks at what changes by itself: ages of held messages. */
const CLOCK = 1_000;

/** Keys and traffic in, frames out. Everything else is in the state, the world and the panels. */
export class App {
	readonly #options: AppOptions;
	readonly #world: LiveWorld;
	readonly #terminal: Terminal;
	readonly #painter: Painter;
	readonly #clock: NodeJS.Timeout;
	#state: State;
	#frame: readonly Drawn[] = [];
	#drawnAt = 0;
	#timer: NodeJS.Timeout | undefined;
	#working = false;
	/** a key was pressed in this turn */
	#pressed = false;
	#closed = false;
	#away = false;

	constructor(options: AppOptions) {
		this.#options = options;
		this.#world = options.world;
		this.#terminal = new Terminal(options.terminal.input, options.terminal.output, {
			key: (key, text) => {
				this.dispatch({ kind: "key", key, text });
				this.#keyed();
			},
			mouse: ({ what, column, row }) => this.#mouse(what, column, row),
			resize: () => this.dispatch({ kind: "resize", width: this.#terminal.columns, height: this.#terminal.rows }),
			gone: () => options.ended(),
			resumed: () => this.#redraw(),
		});
		this.#state = { ...initialState(this.#terminal.columns, this.#terminal.rows), theme: options.theme };
		this.#painter = new Painter(this.#styles());
		this.#clock = setInterval(() => this.changed(), CLOCK);
		this.#clock.unref();
		this.#readViews();
		this.#draw();
	}

	/** Something came: work on it, and a frame soon. */
	changed(): void {
		if (this.#closed) return;
		this.#workSoon();
		this.#drawSoon(FRAME);
	}

	dispatch(event: Event): void {
		if (this.#closed || this.#away) return;
		const { theme } = this.#state;
		const { state, effects } = reduce(this.#state, event, this.#world);
		this.#state = state;
		for (const effect of effects) this.#do(effect);
		if (this.#closed) return;
		if (this.#state.theme !== theme) this.#painter.restyle(this.#styles());
		if (event.kind === "resize") this.#painter.forget();
		this.#workSoon();
		this.#drawSoon(KEY_FRAME);
	}

	/** Shown until something is done, and kept for the log. */
	notice(text: string, tone: "note" | "warn" | "error" | "success"): void {
		const safe = escapeTerminal(text);
		this.#world.said(safe);
		this.dispatch({ kind: "notice", text: safe, tone });
	}

	/** Gives the terminal back. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		clearInterval(this.#clock);
		clearTimeout(this.#timer);
		this.#terminal.close();
	}

	#do(effect: Effect): void {
		switch (effect.kind) {
			case "quit":
				this.#options.ended();
				return;
			case "suspend":
				this.#terminal.suspend();
				return;
			case "redraw":
				this.#redraw();
				return;
			case "clear":
				this.#world.clear();
				return;
			case "filter":
				this.#world.setFilter(effect.filter);
				return;
			case "search":
				this.#search(effect.text, effect.backwards);
				return;
			case "save-view":
			case "load-view":
			case "delete-view":
				this.#views(effect);
				return;
			case "live":
				this.#live(effect.order);
		}
	}

	#search(text: string, backwards: boolean): void {
		const searched = searchedOf(this.#state, this.#world);
		if (searched === undefined) return;
		this.#world.search = new SearchJob(searched.lines, text, searched.from, backwards, (key) => {
			this.#world.search = undefined;
			this.dispatch({ kind: "found", key });
		});
	}

	#views(effect: Extract<Effect, { kind: "save-view" | "load-view" | "delete-view" }>): void {
		const { views } = this.#options;
		if (views === undefined) {
			this.notice("views cannot be kept: there is no configuration folder", "warn");
			return;
		}
		try {
			switch (effect.kind) {
				case "save-view":
					views.set(effect.name, effect.view);
					this.notice(`view "${effect.name}" is kept`, "success");
					break;
				case "delete-view":
					if (views.delete(effect.name)) this.notice(`view "${effect.name}" is forgotten`, "success");
					else this.notice(`there is no view "${effect.name}"`, "warn");
					break;
				case "load-view":
					this.#loadView(effect.name);
			}
			this.#world.views = views.names;
		} catch (error) {
			this.notice(`the file of views cannot be written: ${(error as Error).message}`, "error");
		}
	}

	#loadView(name: string): void {
		const view = this.#options.views?.get(name);
		if (view === undefined) {
			this.notice(`there is no view "${name}"`, "warn");
			return;
		}
		const { filter, columns, ...others } = view;
		this.#state = { ...this.#state, ...others };
		this.dispatch({ kind: "action", action: "columns", argument: columns.join(" ") });
		this.dispatch(filter === "" ? { kind: "action", action: "filter-clear" } : { kind: "action", action: "filter", argument: filter });
	}

	#readViews(): void {
		const { views } = this.#options;
		if (views === undefined) return;
		try {
			views.load();
			this.#world.views = views.names;
		} catch (error) {
			this.notice(`the file of views cannot be read: ${(error as Error).message.split("\n")[0]}`, "warn");
		}
	}

	#live(order: Extract<Effect, { kind: "live" }>["order"]): void {
		const { live } = this.#world;
		if (live === undefined) return;
		try {
			if (order.what === "editor") void this.#edit(order.id);
			else this.notice(live.order(order), "success");
		} catch (error) {
			this.notice(error instanceof Error ? error.message : String(error), "error");
		}
	}

	/** The octets of a held message in the user's editor; traffic goes on meanwhile. */
	async #edit(id: number): Promise<void> {
		const { live } = this.#world;
		if (live === undefined) return;
		this.#away = true;
		this.#terminal.leave();
		this.#terminal.pauseInput(true);
		let said: [string, "success" | "error"];
		try {
			const edited = await editInEditor(live.breakpoints.get(id).octets, this.#options.editor);
			said = [edited === undefined ? "nothing was changed: it is still held" : live.resumeWith(id, edited, this.#state.mend), "success"];
		} catch (error) {
			said = [error instanceof Error ? error.message : String(error), "error"];
		}
		this.#away = false;
		this.#terminal.pauseInput(false);
		this.#terminal.take();
		this.notice(...said);
		this.#redraw();
	}

	#mouse(what: "press" | "up" | "down", column: number, row: number): void {
		if (what !== "press") {
			this.dispatch({ kind: "wheel", lines: what === "up" ? -WHEEL : WHEEL });
			return;
		}
		const line = this.#frame[row];
		const zone = line?.zones?.find(({ from, to }) => column >= from && column < to);
		const target: Target = zone ?? (line?.key === undefined ? {} : { key: line.key });
		this.dispatch({ kind: "click", target });
	}

	/** Work in slices: between them input, sockets and timers get their turn. */
	#workSoon(): void {
		if (this.#working || !this.#world.busy) return;
		this.#working = true;
		setImmediate(() => {
			this.#working = false;
			if (this.#closed) return;
			const until = performance.now() + SLICE;
			this.#world.work(() => performance.now() >= until);
			this.#drawSoon(FRAME);
			this.#workSoon();
		});
	}

	/** A frame, at the latest `wait` milliseconds after the last one. */
	#drawSoon(wait: number): void {
		if (this.#closed || this.#away) return;
		const due = Math.max(0, this.#drawnAt + wait - performance.now());
		if (this.#timer !== undefined) {
			if (wait >= FRAME) return;
			clearTimeout(this.#timer);
		}
		this.#timer = setTimeout(() => this.#draw(), due);
	}

	/**
	 * What keys asked for does not wait behind the sockets for its timer, unless a frame was drawn only just now. All keys of one read
	 * (a paste) are done first.
	 */
	#keyed(): void {
		if (this.#pressed) return;
		this.#pressed = true;
		queueMicrotask(() => {
			this.#pressed = false;
			if (performance.now() - this.#drawnAt >= KEY_FRAME) this.#draw();
		});
	}

	#draw(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#drawnAt = performance.now();
		if (this.#closed || this.#away) return;
		if (this.#terminal.behind) {
			this.#drawSoon(FRAME);
			return;
		}
		this.#frame = compose(this.#state, this.#world);
		this.#terminal.write(this.#painter.paint(this.#frame.map(({ line }) => line)));
	}

	#redraw(): void {
		this.#painter.forget();
		this.#drawSoon(0);
	}

	#styles(): Styles {
		return new Styles(themeNamed(this.#state.theme) ?? THEMES[0]!, this.#options.depth);
	}
}
