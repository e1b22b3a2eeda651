import { createHash } from "node:crypto";
import { filterField } from "../../fields/filter/table.js";
import type { FilterContext, FilterValue } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import type { DiagnosticId } from "../../model/problem.js";
import { formatEpoch, type Moment, seconds } from "../../model/time.js";
import type { MsrpFrame } from "../../protocols/msrp/types.js";
import type { SipMessage } from "../../protocols/sip/types.js";
import type { Hold, MsrpUnit, RelayConnection, RelayProtocol, SipUnit, Standing } from "../../relay/stage.js";
import type { ActionContext, ConnectionContext } from "../actions/types.js";
import type { Filter } from "../filter/index.js";
import type { Random } from "../random.js";
import type { MadeName, Template } from "../template.js";
import type { BoundAction } from "./rule.js";
import type { RuleState } from "./state.js";
import type { Store } from "./store.js";
import type { Watches } from "./watches.js";

/** What all runs of actions have of the engine. */
export interface Engine {
	readonly store: Store;
	readonly watches: Watches;
	readonly context: FilterContext;
	log(rule: string, text: string, connection: RelayConnection, at: Moment): void;
}

/** One action of a rule, run on a connection. */
export class ConnectionRun implements ConnectionContext {
	readonly rule: string;
	readonly connection: RelayConnection;
	readonly at: Moment;
	readonly random: Random;
	readonly hit: number;
	/** marks that were put on the message */
	readonly marks: string[] = [];
	protected readonly engine: Engine;
	protected readonly action: BoundAction;
	/** the message as it came, for fields */
	protected readonly known: Entry | undefined;

	constructor(engine: Engine, state: RuleState, action: BoundAction, connection: RelayConnection, random: Random, known?: Entry) {
		this.engine = engine;
		this.action = action;
		this.rule = state.rule.name;
		this.hit = state.hits;
		this.connection = connection;
		this.at = connection.now;
		this.random = random;
		this.known = known;
	}

	expand(template: Template): string {
		return template.expand({
			field: (name) => this.field(name),
			variable: (name) => this.variable(name),
			made: (name) => this.#made(name),
		});
	}

	field(name: string): string | undefined {
		const got = this.known === undefined ? undefined : filterField(name)?.get(this.known, this.engine.context);
		if (got === undefined) return undefined;
		return Array.isArray(got) ? got.map((one: FilterValue) => valueText(one)).join(", ") : valueText(got as FilterValue);
	}

	variable(name: string): string | undefined {
		return this.engine.store.variable(name, this.session, this.connection);
	}

	setVariable(name: string, value: string, scope: "connection" | "session" | "run"): void {
		this.engine.store.set(name, value, scope, this.session, this.connection);
	}

	memory<M extends object>(make: () => M): M {
		return remembered(this.engine.store.connection(this.connection).memories, this.action, make);
	}

	sessionMemory<M extends object>(make: () => M): M {
		return remembered(this.engine.store.session(this.session, this.connection).memories, this.action, make);
	}

	log(text: string): void {
		this.engine.log(this.rule, text, this.connection, this.at);
	}

	mark(text: string): void {
		this.marks.push(text);
	}

	report(id: DiagnosticId, detail: string): void {
		this.connection.report(0, id, detail);
	}

	protected get session(): string | undefined {
		return this.known?.links.session;
	}

	#made(name: MadeName): string {
		switch (name) {
			case "hex":
				return this.random.hex(8);
			case "uuid":
				return uuid(this.random.hex(16));
			case "number":
				return String(this.hit);
			case "rule":
				return this.rule;
			case "time":
				return new Date(Math.round(seconds(this.at) * 1000)).toISOString();
		}
	}
}

/** One action of a rule, run on a message. */
export class ActionRun extends ConnectionRun implements ActionContext {
	readonly protocol: RelayProtocol;
	readonly dir: 0 | 1;
	readonly octets: Buffer;
	readonly whole: boolean;
	readonly sip: SipMessage | undefined;
	readonly msrp: MsrpFrame | undefined;
	readonly entry: Entry | undefined;

	/** @param known the message as it came, of a frame's head too */
	constructor(
		engine: Engine,
		state: RuleState,
		action: BoundAction,
		unit: SipUnit | MsrpUnit,
		now: Pick<Standing, "octets" | "message" | "whole" | "entry">,
		random: Random,
		known: Entry,
	) {
		super(engine, state, action, unit.connection, random, known);
		this.protocol = unit.protocol;
		this.dir = unit.dir;
		this.octets = now.octets;
		this.whole = now.whole;
		this.entry = now.entry;
		if (now.message === undefined) this.sip = this.msrp = undefined;
		else if ("transactionId" in now.message) this.msrp = now.message;
		else this.sip = now.message;
	}

	until(filter: Filter, most: number): Hold {
		return this.engine.watches.add(this.connection, filter, most);
	}

	override report(id: DiagnosticId, detail: string): void {
		this.connection.report(this.dir, id, detail);
	}
}

function remembered<M extends object>(memories: Map<object, object>, key: object, make: () => M): M {
	let memory = memories.get(key) as M | undefined;
	if (memory === undefined) {
		memory = make();
		memories.set(key, memory);
	}
	return memory;
}

/** The value of a field as text. */
export function valueText(value: FilterValue): string {
	if (typeof value === "string") return value;
	if (Buffer.isBuffer(value)) return value.toString("utf8");
	if (typeof value !== "bigint") return String(value);
	return formatEpoch({ sec: Number(value / 1_000_000_000n), nsec: Number(value % 1_000_000_000n) });
}

/** RFC 9562 §5.4, from 32 hexadecimal digits. */
function uuid(hex: string): string {
	const variant = "89ab"[Number.parseInt(hex[16]!, 16) & 3]!;
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Names of this file's kind of identity: the same for the same parts. */
export function digest(...parts: readonly string[]): string {
	const sum = createHash("sha256");
	for (const part of parts) sum.update(`${part.length}:${part}`);
	return sum.digest("hex");
}
