import type { RelayConnection } from "../../relay/stage.js";
import { FifoMap } from "../../session/bounded.js";

const MOST_SESSIONS = 10_000;
/** Variables that rules may set, a scope. */
const MOST = 1_000;
/** Characters of a value. */
const LONGEST = 65_536;

/** What is kept of one connection or session. */
export class Shelf {
	readonly variables = new FifoMap<string, string>(MOST);
	readonly memories = new Map<object, object>();
	/** matches of each rule, by direction */
	readonly met = new Map<string, [number, number]>();
}

/** What rules remember over a run: variables and the memories of actions, by connection and by session. */
export class Store {
	readonly #declared: () => ReadonlyMap<string, string>;
	readonly #run = new FifoMap<string, string>(MOST);
	readonly #connections = new Map<RelayConnection, Shelf & { ordinal: number }>();
	readonly #sessions = new FifoMap<string, Shelf>(MOST_SESSIONS);
	#ordinals = 0;

	/** @param declared variables of the rule files */
	constructor(declared: () => ReadonlyMap<string, string>) {
		this.#declared = declared;
	}

	/** Connections are numbered from 1 in the order in which they are first asked for. */
	connection(connection: RelayConnection): Shelf & { ordinal: number } {
		let shelf = this.#connections.get(connection);
		if (shelf === undefined) {
			shelf = Object.assign(new Shelf(), { ordinal: ++this.#ordinals });
			this.#connections.set(connection, shelf);
		}
		return shelf;
	}

	/** What belongs to the session; to the connection where no session is known. */
	session(session: string | undefined, connection: RelayConnection): Shelf {
		if (session === undefined) return this.connection(connection);
		let shelf = this.#sessions.get(session);
		if (shelf === undefined) {
			shelf = new Shelf();
			this.#sessions.set(session, shelf);
		}
		return shelf;
	}

	/** The closest of that name: of the connection, the session, the run, the file. */
	variable(name: string, session: string | undefined, connection: RelayConnection): string | undefined {
		return (
			this.#connections.get(connection)?.variables.get(name) ??
			(session === undefined ? undefined : this.#sessions.get(session)?.variables.get(name)) ??
			this.#run.get(name) ??
			this.#declared().get(name)
		);
	}

	set(
		name: string,
		value: string,
		scope: "connection" | "session" | "run",
		session: string | undefined,
		connection: RelayConnection,
	): void {
		const variables =
			scope === "run"
				? this.#run
				: scope === "connection"
					? this.connection(connection).variables
					: this.session(session, connection).variables;
		variables.set(name, value.slice(0, LONGEST));
	}

	closed(connection: RelayConnection): void {
		this.#connections.delete(connection);
	}
}
