import type { FilterContext } from "../fields/filter/types.js";
import type { Direction } from "../model/flow.js";
import { DEFAULT_LIMITS, type Limits } from "../model/limits.js";
import { copyMoment, type Moment } from "../model/time.js";
import type { Action, MsrpUnit, RelayConnection, RelayProtocol, RelayStage, SipUnit } from "../relay/stage.js";
import { earlier, isBefore } from "../relay/time.js";
import type { Filter } from "../rules/filter/index.js";
import { differences, mended } from "./difference.js";
import { editMessage, editsAnything } from "./edit.js";
import { type Point, Points } from "./points.js";
import { type Held, HeldQueue } from "./queue.js";
import {
	type Breakpoint,
	type BreakpointChange,
	BreakpointError,
	type BreakpointLimits,
	type BreakpointOptions,
	DEFAULT_BREAKPOINT_LIMITS,
	type HeldMessage,
	type OpenConnection,
	type ResumeOptions,
} from "./types.js";

export interface BreakpointStageOptions {
	limits?: Partial<BreakpointLimits>;
	/** of the run: bounds of the decoders that read edited messages */
	decoding?: Partial<Limits>;
	/** what filters remember over a run; default: the stage's own */
	context?: FilterContext;
}

/** seconds that the relay's own limit comes behind the time-out of a breakpoint */
const SLACK = 60;

/**
 * Holds messages that match an expression until somebody says what is to become of them.
 *
 *     const stage = new BreakpointStage();
 *     stage.add('im.class == "system"', { timeout: 60 });
 *     stage.onChange(() => show(stage.held));
 *     stage.resume(stage.held[0].id, { text: "hello" });
 *
 * What is asked for is done when the relay is advanced next (`RelayConnection.wake` asks for that), so time comes from the input only.
 * A message is tested as it came; what earlier stages made of it is in `octets`. Of MSRP whole frames are held, so those that a
 * breakpoint could match are gathered first. Messages held go on, or are dropped, after the breakpoint's time-out, with
 * `breakpoint.timeout`. Removing or switching off a breakpoint leaves what it holds in the queue.
 */
export class BreakpointStage implements RelayStage {
	readonly name = "breakpoints";
	readonly limits: BreakpointLimits;
	readonly #decoding: Limits;
	readonly #context: FilterContext;
	readonly #points = new Points();
	readonly #queue = new HeldQueue();
	readonly #connections = new Map<number, RelayConnection>();
	/** what was asked for and waits for `advance` */
	readonly #orders = new Map<RelayConnection, (() => void)[]>();
	readonly #listeners = new Set<(change: BreakpointChange) => void>();

	constructor({ limits, decoding, context = {} }: BreakpointStageOptions = {}) {
		this.limits = { ...DEFAULT_BREAKPOINT_LIMITS, ...limits };
		this.#decoding = { ...DEFAULT_LIMITS, ...decoding };
		this.#context = context;
	}

	// Breakpoints.

	/** in order of adding: the first that matches holds a message */
	get breakpoints(): readonly Breakpoint[] {
		return this.#points.list();
	}

	/** @throws FilterError, BreakpointError */
	add(filter: string | Filter, options: BreakpointOptions = {}): Breakpoint {
		const point = this.#points.add(filter, options, this.limits.breakpoints);
		this.#tell({ kind: "breakpoints" });
		return point;
	}

	/** Changes what is given, also its expression. @throws FilterError, BreakpointError */
	change(id: number, { filter, ...options }: BreakpointOptions & { filter?: string | Filter }): Breakpoint {
		const point = this.#points.change(id, filter, options);
		this.#tell({ kind: "breakpoints" });
		return point;
	}

	/** @throws BreakpointError */
	enable(id: number, enabled = true): Breakpoint {
		return this.change(id, { enabled });
	}

	/** @throws BreakpointError */
	remove(id: number): void {
		this.#points.remove(id);
		this.#tell({ kind: "breakpoints" });
	}

	/** Told of every change, after it; gives what ends that. */
	onChange(listener: (change: BreakpointChange) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	// Held messages.

	/** the oldest first */
	get held(): readonly HeldMessage[] {
		return this.#queue.list();
	}

	/** octets of all held messages */
	get heldOctets(): number {
		return this.#queue.octets;
	}

	/** Is it held still? */
	holds(id: number): boolean {
		return this.#queue.get(id) !== undefined;
	}

	/** A held message. @throws BreakpointError when it is not held (any more) */
	get(id: number): HeldMessage {
		return this.#held(id);
	}

	/** The octets that `resume` with the same options would send. @throws BreakpointError */
	preview(id: number, options: ResumeOptions = {}): Buffer {
		const { protocol, octets } = this.#held(id);
		if (!editsAnything(options)) return octets;
		return mended(protocol, octets, this.#edits(this.#held(id), options), options.fix !== false, this.#decoding);
	}

	/** The message goes on, as it is or edited. @throws BreakpointError, and it stays held */
	resume(id: number, options: ResumeOptions = {}): void {
		const held = this.#held(id);
		const { fix = true, copies = 0 } = options;
		if (!Number.isSafeInteger(copies) || copies < 0 || copies > 100) throw new BreakpointError(`copies ${copies}: give 0 to 100`);
		const by = nameOf(held.breakpoint);
		const edits = editsAnything(options) ? this.#edits(held, options) : [];
		const copy = copies > 0 ? this.preview(id, options) : held.octets;
		const inject = Array.from({ length: copies }, () => ({ to: "on", when: "after", octets: Buffer.from(copy) }) as const);
		this.#release(held, "resumed", { ...(edits.length > 0 ? { edits, fix, by } : {}), ...(copies > 0 ? { inject } : {}) });
	}

	/** The message goes on, and once more right behind itself. @throws BreakpointError */
	duplicate(id: number, options: Omit<ResumeOptions, "copies"> = {}): void {
		this.resume(id, { ...options, copies: 1 });
	}

	/** The message does not go on; an entry says so. @throws BreakpointError */
	drop(id: number, reason?: string): void {
		const held = this.#held(id);
		this.#release(held, "dropped", { drop: true, by: nameOf(held.breakpoint), ...(reason === undefined ? {} : { reason }) });
	}

	/** All held messages go on as they are. */
	resumeAll(): void {
		for (const { id } of this.held) this.resume(id);
	}

	// Messages of one's own.

	/** Connections that are open, in order of opening. */
	get connections(): readonly OpenConnection[] {
		return [...this.#connections.values()];
	}

	/**
	 * Sends octets between two messages of that direction, with `breakpoint.injected`. What they are is not looked at.
	 *
	 * @throws BreakpointError when there is no such connection, or they are too many
	 */
	inject(connectionId: number, dir: Direction, octets: Buffer): void {
		const connection = this.#connections.get(connectionId);
		if (connection === undefined) throw new BreakpointError(`no connection ${connectionId} is open`);
		const { injection } = this.limits;
		if (octets.length === 0 || octets.length > injection) throw new BreakpointError(`${octets.length} octets: give 1 to ${injection}`);
		const owned = Buffer.from(octets);
		this.#order(connection, () => {
			connection.report(dir, "breakpoint.injected", `${owned.length} octets to the ${dir === 0 ? "server" : "client"}`);
			connection.inject(dir, owned, 0, "injection");
		});
	}

	// What the relay asks.

	touches(_connection: RelayConnection, _dir: Direction, protocol: RelayProtocol | undefined): boolean {
		return this.#points.concern(protocol);
	}

	/** Somebody may want to at any time, and then it has to be known where a message ends. */
	injects(): boolean {
		return true;
	}

	sip(unit: SipUnit): Action | undefined {
		return this.#meet(unit);
	}

	msrp(unit: MsrpUnit): Action | undefined {
		if (unit.whole) return this.#meet(unit);
		return this.#points.concernFrame(unit.msrp) ? { whole: true } : undefined;
	}

	opened(connection: RelayConnection): void {
		this.#connections.set(connection.id, connection);
	}

	closed(connection: RelayConnection): void {
		this.#connections.delete(connection.id);
		this.#orders.delete(connection);
		for (const held of this.#queue.of(connection)) this.#lose(held);
	}

	advance(connection: RelayConnection, now: Moment): void {
		for (const held of this.#queue.of(connection)) if (!isBefore(now, held.due)) this.#expire(held);
		const orders = this.#orders.get(connection);
		if (orders === undefined) return;
		this.#orders.delete(connection);
		for (const order of orders) order();
	}

	wakeAt(connection: RelayConnection): Moment | undefined {
		const due = this.#queue.dueOf(connection);
		return this.#orders.has(connection) ? earlier(due, copyMoment(connection.now)) : due;
	}

	#meet(unit: SipUnit | MsrpUnit): Action | undefined {
		const { entry, connection, dir, octets } = unit;
		const point = entry === undefined ? undefined : this.#points.match(entry, this.#context);
		if (point === undefined) return undefined;
		const { messages, octets: most } = this.limits;
		if (this.#queue.size >= messages || this.#queue.octets + octets.length > most) {
			const why = this.#queue.size >= messages ? `${messages} messages` : `${most} octets`;
			connection.report(dir, "breakpoint.limit", `${nameOf(point)} matched entry ${entry!.number}, but ${why} are held already`);
			return undefined;
		}
		let held: Held | undefined;
		const hold = connection.hold({
			seconds: point.timeout + SLACK,
			lost: () => {
				if (held !== undefined) this.#lose(held);
			},
		});
		held = this.#queue.add(unit, entry!, point, hold);
		this.#points.hit(point);
		this.#tell({ kind: "held", held }, connection);
		return { hold };
	}

	#held(id: number): Held {
		const held = this.#queue.get(id);
		if (held !== undefined) return held;
		throw new BreakpointError(`message ${id} is not held: ${this.#queue.size === 0 ? "none is" : "it has gone on, or was dropped"}`);
	}

	#edits({ protocol, octets }: Held, options: ResumeOptions): ReturnType<typeof differences> {
		return differences(protocol, octets, editMessage(protocol, octets, options, this.#decoding), this.#decoding);
	}

	#release(held: Held, kind: "resumed" | "dropped", action: Action): void {
		if (!this.#queue.take(held)) return;
		this.#order(held.connection, () => held.hold.release(action));
		this.#tell({ kind, held }, held.connection);
	}

	/** Nobody answered in time. */
	#expire(held: Held): void {
		const { breakpoint, connection, dir, entry } = held;
		if (!this.#queue.take(held)) return;
		const dropped = breakpoint.onTimeout === "drop";
		const outcome = dropped ? "was dropped" : "went on as it was";
		connection.report(
			dir,
			"breakpoint.timeout",
			`entry ${entry.number}, held by ${nameOf(breakpoint)} for ${breakpoint.timeout} s, ${outcome}`,
		);
		held.hold.release(dropped ? { drop: true, by: nameOf(breakpoint), reason: "time-out" } : undefined);
		this.#tell({ kind: dropped ? "dropped" : "resumed", held, timedOut: true }, connection);
	}

	#lose(held: Held): void {
		if (this.#queue.take(held)) this.#tell({ kind: "lost", held }, held.connection);
	}

	#order(connection: RelayConnection, order: () => void): void {
		const orders = this.#orders.get(connection);
		if (orders === undefined) this.#orders.set(connection, [order]);
		else orders.push(order);
		connection.wake();
	}

	/** A listener that fails must not be what becomes of the message. */
	#tell(change: BreakpointChange, connection?: RelayConnection): void {
		for (const listener of [...this.#listeners]) {
			try {
				listener(change);
			} catch (error) {
				if (connection === undefined) throw error;
				const words = error instanceof Error ? error.message : String(error);
				connection.report(0, "relay.stage-fault", `who listens to breakpoints failed: ${words}`);
			}
		}
	}
}

/** How findings and edits name it. */
function nameOf({ id, name, filter }: Point): string {
	return `breakpoint ${id} (${name ?? filter.source})`;
}
