import type { Entry } from "../model/entry.js";
import type { Direction } from "../model/flow.js";
import type { Rewriting, SpanEdit, StageEdits } from "../model/rewriting.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { SipMessage } from "../protocols/sip/types.js";
import type { LaneContext } from "./context.js";
import { mendFrame } from "./mend-frame.js";
import { msrpHeadOf } from "./mend-msrp.js";
import { contentLengthEdit, sipMessageOf } from "./mend-sip.js";
import { applyEdits } from "./span-edits.js";
import type { Action, Injection, MsrpUnit, RelayStage, SipUnit } from "./stage.js";
import type { WaitHold } from "./wait-hold.js";

/** What the stages want done with the message beside changing its octets. */
export interface Effects {
	delay: number;
	inject: Injection[];
	aside: Action["aside"];
	pieces: Action["pieces"];
	join: number | undefined;
	cut: number | undefined;
	close: "fin" | "rst" | undefined;
	endLine: Action["endLine"];
	code: Action["code"];
	carriage: Action["carriage"];
	dropped: boolean;
	quiet: boolean;
	reason: string | undefined;
}

export type Halt = { kind: "hold"; hold: WaitHold } | { kind: "gather" } | { kind: "done" };

/** One message on its way through the stages: its octets as they are now, and what is to be done with it. */
export class Passage {
	readonly dir: Direction;
	readonly isSip: boolean;
	readonly effects: Effects = {
		delay: 0,
		inject: [],
		aside: undefined,
		pieces: undefined,
		join: undefined,
		cut: undefined,
		close: undefined,
		endLine: undefined,
		code: undefined,
		carriage: undefined,
		dropped: false,
		quiet: false,
		reason: undefined,
	};
	/** the octets as they are now */
	octets: Buffer;
	/** of MSRP: `octets` is the whole frame */
	whole: boolean;
	entry: Entry | undefined;
	/** as the octets came; owned once there is an edit */
	before: Buffer;
	readonly #edits: StageEdits[] = [];
	readonly #context: LaneContext;
	#next = 0;
	/** the stage that asked for the whole frame is to be asked again */
	#gatherFirst = false;
	/** asked instead of the next stage */
	#again: Action["again"];
	/** some stage changed octets */
	#changed = false;
	/** transaction id that the end-line has to follow */
	#newId: string | undefined;
	/** undefined: not decoded yet, or no message any more */
	#sip: SipMessage | undefined;
	#msrp: MsrpFrame | undefined;

	/** `octets` are lent until the first edit. */
	constructor(
		context: LaneContext,
		dir: Direction,
		message: SipMessage | MsrpFrame,
		whole: boolean,
		octets: Buffer,
		entry: Entry | undefined,
	) {
		this.#context = context;
		this.dir = dir;
		this.octets = octets;
		this.before = octets;
		this.entry = entry;
		this.whole = whole;
		this.isSip = !("transactionId" in message);
		if ("transactionId" in message) this.#msrp = message;
		else this.#sip = message;
	}

	get changed(): boolean {
		return this.#changed;
	}

	/** transaction id that the end-line has to follow because the start line was given it; undefined: it stays as it is */
	get newTransactionId(): string | undefined {
		return this.#newId;
	}

	/** The octets were lent, and the message has to outlive the call. */
	keep(): void {
		if (!this.changed) {
			this.octets = Buffer.from(this.octets);
			this.before = this.octets;
		}
		this.#sip?.retain();
		this.#msrp?.retain();
		keepEntry(this.entry);
	}

	/** Asks the stages until one halts the message or all have seen it; a stage that throws is passed over. */
	run(): Halt {
		const stages = this.#context.stages(this.dir);
		while (this.#next < stages.length) {
			const stage = stages[this.#next]!;
			try {
				do {
					const action = this.#ask(stage);
					const halt = action === undefined ? undefined : this.take(action, stage);
					if (halt !== undefined) return halt;
				} while (this.#again !== undefined);
			} catch (error) {
				this.#again = undefined;
				this.#context.fault(stage, error);
			}
			this.#next++;
		}
		return { kind: "done" };
	}

	/** The message was released by the stage that held it. */
	released(action: Action | undefined): Halt {
		const stage = this.#context.stages(this.dir)[this.#next]!;
		try {
			const again = this.#again;
			const halt = action === undefined ? undefined : this.take(action, stage);
			this.#again ??= again;
			if (halt !== undefined) return halt;
		} catch (error) {
			this.#context.fault(stage, error);
		}
		if (this.#again === undefined) this.#next++;
		return this.run();
	}

	/** The whole frame has come: goes on where it halted. */
	gathered(octets: Buffer, original: Buffer, entry: Entry | undefined): Halt {
		this.octets = octets;
		this.before = original;
		this.entry = entry;
		this.whole = true;
		this.#msrp = msrpHeadOf(octets, this.#context.limits) ?? this.#msrp;
		if (!this.#gatherFirst && this.#again === undefined) this.#next++;
		return this.run();
	}

	/** What is put on the entry; undefined where nothing was changed. */
	rewriting(): Rewriting | undefined {
		if (this.#edits.length === 0) return undefined;
		const { entry } = this;
		return { stages: this.#edits, before: this.before, after: this.octets, received: entry?.number, verdict: entry?.verdict };
	}

	/** Changes octets outside of any stage. */
	edit(by: string, edits: readonly SpanEdit[]): void {
		if (edits.length === 0) return;
		this.#own();
		this.#edits.push({ by, edits });
		this.#changed = true;
		this.octets = applyEdits(this.octets, edits);
		if (this.#msrp !== undefined) this.#read(true);
	}

	/** Does what an action says; what it answers halts the message. */
	take(action: Action, stage: RelayStage): Halt | undefined {
		const { effects } = this;
		const unmoved = action.whole === true && !this.whole;
		this.#again = action.again;
		if (unmoved) {
			this.#gatherFirst = true;
			return { kind: "gather" };
		}
		if (action.edits !== undefined && action.edits.length > 0) this.#change(action, stage);
		else if (action.did !== undefined) this.#note({ by: action.by ?? stage.name, edits: [], did: action.did });
		else for (const author of action.authors ?? []) this.#note(author);
		if (action.delay !== undefined && action.delay > 0) effects.delay += action.delay;
		if (action.inject !== undefined) effects.inject.push(...action.inject);
		effects.aside = action.aside ?? effects.aside;
		effects.pieces = action.pieces ?? effects.pieces;
		effects.join = action.join ?? effects.join;
		effects.cut = action.cut ?? effects.cut;
		effects.close = action.close ?? effects.close;
		if (action.endLine !== undefined) effects.endLine = { ...effects.endLine, ...action.endLine };
		effects.code = action.code ?? effects.code;
		if (action.carriage !== undefined) effects.carriage = { ...effects.carriage, ...action.carriage };
		if (action.swallow !== undefined) this.#swallow(action, stage);
		if (action.drop === true) {
			effects.dropped = true;
			effects.quiet = action.quiet === true;
			effects.reason = `${action.by ?? stage.name}${action.reason === undefined ? "" : `: ${action.reason}`}`;
			return { kind: "done" };
		}
		const needsWhole = [action.aside, action.pieces, action.cut, action.join].some((item) => item !== undefined);
		if (needsWhole && !this.whole) {
			this.#gatherFirst = false;
			return { kind: "gather" };
		}
		if (action.hold !== undefined && !action.hold.over) return { kind: "hold", hold: action.hold as WaitHold };
		return undefined;
	}

	#swallow({ swallow, by }: Action, stage: RelayStage): void {
		const message = this.#sip ?? this.#msrp;
		if (message !== undefined) this.#context.own.swallow(this.dir, message, swallow!, by ?? stage.name);
	}

	#ask(stage: RelayStage): Action | undefined {
		const { dir, octets, entry, changed } = this;
		const { connection } = this.#context;
		const at = connection.now;
		const again = this.#again;
		if (again !== undefined) {
			this.#again = undefined;
			return again({ octets, message: this.#sip ?? this.#msrp, whole: this.whole, entry, at });
		}
		if (this.#sip !== undefined) {
			if (stage.sip === undefined || !stage.touches(connection, dir, "sip")) return undefined;
			const unit: SipUnit = { protocol: "sip", connection, dir, at, octets, entry, changed, sip: this.#sip };
			return stage.sip(unit);
		}
		if (this.#msrp === undefined || stage.msrp === undefined || !stage.touches(connection, dir, "msrp")) return undefined;
		const unit: MsrpUnit = { protocol: "msrp", connection, dir, at, octets, entry, changed, msrp: this.#msrp, whole: this.whole };
		return stage.msrp(unit);
	}

	#change(action: Action, stage: RelayStage): void {
		const mended = action.fix !== false;
		const old = this.octets;
		const edits = action.edits!;
		// Throws before anything is changed.
		const octets = applyEdits(old, edits);
		this.#own();
		if (action.authors === undefined)
			this.#edits.push({ by: action.by ?? stage.name, edits, ...(action.did === undefined ? {} : { did: action.did }) });
		else this.#edits.push(...action.authors);
		this.#changed = true;
		this.octets = octets;
		if (this.#sip !== undefined) {
			this.#sip = sipMessageOf(octets, this.#context.limits);
			const length = mended && this.#sip !== undefined ? contentLengthEdit(octets, this.#sip) : undefined;
			if (length !== undefined) this.#mend([length]);
			if (length !== undefined) this.#sip = sipMessageOf(this.octets, this.#context.limits);
			return;
		}
		if (mended && this.whole) {
			for (const edit of mendFrame(old, edits, this.#msrp!, octets, this.#context.limits, this.#context.memory)) this.#mend([edit]);
		}
		this.#read(mended && !this.whole);
	}

	/** Something was done to the message that no octet shows. */
	#note(note: StageEdits): void {
		this.#own();
		this.#edits.push(note);
	}

	/** Before the first thing that is remembered of a message: its octets were lent until now. */
	#own(): void {
		if (this.#edits.length > 0) return;
		const same = this.octets === this.before;
		this.before = Buffer.from(this.before);
		if (same) this.octets = this.before;
	}

	#read(follow: boolean): void {
		const id = this.#msrp?.transactionId;
		this.#msrp = msrpHeadOf(this.octets, this.#context.limits);
		if (follow && this.#msrp !== undefined && this.#msrp.transactionId !== id) this.#newId = this.#msrp.transactionId;
	}

	#mend(edits: readonly SpanEdit[]): void {
		this.#edits.push({ by: "mitmsrp", edits });
		this.octets = applyEdits(this.octets, edits);
	}
}

/** An entry that outlives the call it was delivered in. */
export function keepEntry(entry: Entry | undefined): Entry | undefined {
	if (entry?.protocol === "sip") entry.sip.retain();
	else if (entry?.protocol === "msrp") entry.msrp.retain();
	return entry;
}
