import type { DiagnosticId } from "../../model/diagnostics/index.js";
import type { Entry } from "../../model/entry.js";
import type { Direction } from "../../model/flow.js";
import type { Moment } from "../../model/time.js";
import type { MsrpFrame } from "../../protocols/msrp/types.js";
import type { SipMessage } from "../../protocols/sip/types.js";
import type { Action, Hold, RelayConnection, RelayProtocol } from "../../relay/stage.js";
import type { Filter } from "../filter/index.js";
import type { Random } from "../random.js";
import type { Template } from "../template.js";
import type { Options, OptionTable } from "./options.js";

/**
 * What an action does to the message: the relay's own words, without what the engine adds. Spans of edits count in
 * `context.octets`. Nothing: it did what it does by other means (a log line), or there was nothing to do.
 */
export type Act = Omit<Action, "whole" | "by" | "authors" | "again"> & {
	/** no later action and no later rule sees the message */
	stop?: true;
};

/** How much of an MSRP frame an action has to see: nothing but that it is there, its head, or all of it. SIP messages are always whole. */
export type Need = "nothing" | "head" | "whole";

/** One kind of action: everything about it, in one file. */
export interface ActionDefinition<T extends OptionTable = OptionTable> {
	/** as rule files write it: "set-header" */
	readonly name: string;
	/** what it does, one sentence */
	readonly title: string;
	/** more for the reference page: where it is of use, what to mind, RFC and section */
	readonly doc?: string;
	readonly protocols: readonly RelayProtocol[];
	readonly needs: Need | ((options: Options<T>) => Need);
	readonly options: T;
	/** the option that may stand alone: `- delay: 200ms` */
	readonly main?: keyof T & string;
	/** it changes octets: gets the option `fix` (false: lengths, Byte-Range and end-line stay as the edit leaves them) */
	readonly edits?: true;
	/** the option that names a variable which it sets: templates of the file may then use it */
	readonly sets?: keyof T & string;
	/** a rule with it, as it would stand in a file, for the reference page and the tests */
	readonly example: string;
	/** What no option by itself shows: one sentence about what is wrong, or nothing. Called when a file is loaded. */
	check?(options: Options<T>): string | undefined;
	/**
	 * The rule met a message. Actions run in order, each on what the ones before it left. Deterministic: chance only from
	 * `context.random`, time only from `context.at`. Octets and messages are lent for the call.
	 */
	act?(options: Options<T>, context: ActionContext): Act | undefined;
	/** For rules without a condition on messages: a connection was opened. */
	opened?(options: Options<T>, context: ConnectionContext): void;
}

/** What an action can know and do about a connection. */
export interface ConnectionContext {
	/** name of the rule */
	readonly rule: string;
	/** the connection; `connection.inject`, `.end`, `.report` act on it at once, what `act` answers acts in the message's turn */
	readonly connection: RelayConnection;
	readonly at: Moment;
	/** Seeded for this rule, connection, direction and hit: the same whatever the chunking, live and offline. */
	readonly random: Random;
	/** Fills a template in: fields of the message, variables of the file, variables that rules set. */
	expand(template: Template): string;
	/** A variable that a rule set in this connection or its session, or that the file declares. */
	variable(name: string): string | undefined;
	setVariable(name: string, value: string, scope: "connection" | "session" | "run"): void;
	/** Something that this action keeps for this connection from one message to the next; made when first asked for. */
	memory<M extends object>(make: () => M): M;
	/** Tells the user, on the log of the run. */
	log(text: string): void;
	/** Puts a mark on the message, for whoever looks at entries afterwards. */
	mark(text: string): void;
	/** A finding on the entries of this connection. */
	report(id: DiagnosticId, detail: string): void;
}

/** What an action can know and do about the message that its rule met. */
export interface ActionContext extends ConnectionContext {
	readonly protocol: RelayProtocol;
	readonly dir: Direction;
	/** The message as the actions before left it, lent: spans of edits count from `octets[0]`. Of MSRP the whole frame where `whole`, else its head. */
	readonly octets: Buffer;
	readonly whole: boolean;
	/** The message in `octets`; undefined for the other protocol, and when an earlier action left something that is no message. */
	readonly sip: SipMessage | undefined;
	readonly msrp: MsrpFrame | undefined;
	/** The entry about the message as it came (links, verdict); undefined for an MSRP frame of which only the head is there. */
	readonly entry: Entry | undefined;
	/** which hit of the rule this is, from 1, over all connections */
	readonly hit: number;
	/** Value of a field (its filter name) of the message as it came, as text; several are joined by ", ". */
	field(name: string): string | undefined;
	/**
	 * A hold until an entry that matches comes by on any connection of the run, or `most` seconds are over:
	 * for `return { hold: context.until(filter, 5) }`.
	 */
	until(filter: Filter, most: number): Hold;
	/** Something that all messages of the session of this one share for this action; of its connection where no session is known. */
	sessionMemory<M extends object>(make: () => M): M;
}

/** Gives the table of options its types; nothing else. */
export function defineAction<const T extends OptionTable>(definition: ActionDefinition<T>): ActionDefinition {
	return definition as unknown as ActionDefinition;
}
