import type { FilterField } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import { copyMoment } from "../../model/time.js";
import type { MsrpUnit, SipUnit } from "../../relay/stage.js";
import type { Filter } from "../filter/index.js";

/** Fields whose value is known, and final, once the head of an MSRP frame is there. */
const HEAD = new Set([
	"protocol",
	"flow",
	"direction",
	"carrier",
	"tunnels",
	"leg",
	"hop",
	"request",
	"response",
	"method",
	"status",
	"header",
	"content_type",
	"uri",
	"ip",
	"ipv6",
	"tcp",
	"udp",
	"tls",
	"websocket",
]);
const NETWORK = /^(ip|ipv6|tcp|udp)\./;
/** MSRP fields about the body, the end-line or the message as a whole */
const BODY = /^msrp\.(cnt\.flg|body\.|complete$|message\.|data$|end\.line$|setup)/;

/** Is that field of an MSRP frame known from its head? */
export function knownFromHead({ name, needs }: Pick<FilterField, "name" | "needs">): boolean {
	if (needs !== undefined) return false;
	return HEAD.has(name) || NETWORK.test(name) || (name.startsWith("msrp.") && !BODY.test(name));
}

/** Can the expression be answered from the head of an MSRP frame? */
export function answeredByHead(filter: Filter): boolean {
	return filter.clauses.every(({ fields }) => fields.every(knownFromHead));
}

/** An entry for what there is of a message that has none (yet): enough for the fields of its head. */
export function headEntry(unit: SipUnit | MsrpUnit): Entry {
	const { connection, dir, octets } = unit;
	const flow = dir === 0 ? connection.client : connection.server;
	const at = copyMoment(unit.at);
	const base = {
		number: 0,
		at,
		began: at,
		flow,
		dir,
		from: dir === 0 ? flow.a : flow.b,
		to: dir === 0 ? flow.b : flow.a,
		over: flow.carrier ?? flow.transport,
		offset: 0,
		length: octets.length,
		problems: [],
		links: {},
		verdict: undefined,
	};
	return unit.protocol === "sip"
		? Object.assign(base, { protocol: unit.protocol, sip: unit.sip })
		: Object.assign(base, { protocol: unit.protocol, msrp: unit.msrp });
}
