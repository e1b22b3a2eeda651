import type { Limits } from "../model/limits.js";
import type { Problem } from "../model/problem.js";
import { FifoMap } from "./bounded.js";
import { type Connection, type MsrpEvent, note, type RequestPath } from "./msrp-connection.js";
import { owned } from "./text.js";

/** What the paths of requests tell about the connection that carries them. */
export class MsrpHops {
	/** first URIs of To-Path and From-Path, the two ends of one hop, to the connection that showed them last */
	readonly #hops: FifoMap<string, Connection>;

	constructor(limits: Limits) {
		this.#hops = new FifoMap(limits.sessions);
	}

	request(connection: Connection, event: MsrpEvent, problems: Problem[]): void {
		const { toPath, fromPath } = event.msrp;
		const toFirst = toPath[0];
		const fromFirst = fromPath[0];
		if (toFirst === undefined || fromFirst === undefined) {
			connection.path[event.dir] = undefined;
			return;
		}
		const toLast = toPath[toPath.length - 1]!;
		const fromLast = fromPath[fromPath.length - 1]!;
		const last = connection.path[event.dir];
		if (last?.toFirst !== toFirst || last.toLast !== toLast || last.fromFirst !== fromFirst || last.fromLast !== fromLast) {
			const path = {
				toFirst: owned(toFirst),
				toLast: owned(toLast),
				fromFirst: owned(fromFirst),
				fromLast: owned(fromLast),
				session: `${toLast} ${fromLast}`,
			};
			connection.path[event.dir] = path;
			this.#newPath(connection, event, path, problems);
		}
		if (connection.rival !== undefined) checkRival(connection, event, connection.rival, problems);
	}

	/** The connection is over: forgets what it alone showed. */
	release(connection: Connection): void {
		for (const hop of connection.hops) if (this.#hops.get(hop) === connection) this.#hops.delete(hop);
	}

	#newPath(connection: Connection, { msrp, over }: MsrpEvent, { toFirst, fromFirst }: RequestPath, problems: Problem[]): void {
		const hop = `${toFirst} ${fromFirst}`;
		const other = this.#hops.get(hop);
		if (other === connection) return;
		const secure = /^msrps:/i.test(toFirst);
		if ((over === "tcp" && secure) || ((over === "tls" || over === "wss") && /^msrp:/i.test(toFirst))) {
			note(problems, "msrp.scheme-transport-mismatch", `${toFirst} over ${over}`);
		}
		this.#hops.set(hop, connection);
		if (connection.hops.length < MAX_HOPS) connection.hops.push(hop);
		// A box in between that keeps the URIs shows every request twice; that is no second connection of the session.
		if (other !== undefined && !other.closed && !other.carried(msrp.transactionId, msrp.messageId)) other.rival = connection;
	}
}

/** Hops of one connection that are forgotten with it; those of a connection with more go when their turn comes. */
const MAX_HOPS = 256;

/** RFC 4975 §5.4: the older connection still carries requests of a session that has shown up on another one. */
function checkRival(connection: Connection, { msrp }: MsrpEvent, rival: Connection, problems: Problem[]): void {
	connection.rival = undefined;
	if (rival.closed || rival.carried(msrp.transactionId, msrp.messageId)) return;
	note(problems, "msrp.session-two-connections", `also on flow ${rival.flow.id}`);
}
