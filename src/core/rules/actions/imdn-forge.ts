import { IMDN_STATUSES, type ImdnKind, imdnFor, kindOfStatus } from "../message/imdn-build.js";
import { msrpRequest, pathsOf } from "../message/msrp-build.js";
import { cpimOf } from "../message/parts.js";
import { sipRequest } from "../message/sip-build.js";
import { type ActionContext, defineAction } from "./types.js";

const STATUSES = [...new Set(Object.values(IMDN_STATUSES).flat())];
const ASKED: Readonly<Record<string, string>> = {
	delivered: "positive-delivery",
	displayed: "display",
	processed: "processing",
	stored: "processing",
};

export const IMDN_FORGE = defineAction({
	name: "imdn-forge",
	title: "The sender of a chat message is told that it was delivered, displayed or not, by a notification that nobody sent.",
	doc: "RFC 5438: a message/cpim with message/imdn+xml, From and To of the message turned around, by MSRP in its session or as a SIP MESSAGE. Nothing happens where the message has no IMDN Message-ID. With drop the message is lost and said to have arrived.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	options: {
		status: { type: "choice", values: STATUSES, default: "delivered", doc: "what the notification says" },
		kind: {
			type: "choice",
			values: Object.keys(IMDN_STATUSES) as ImdnKind[],
			doc: "kind of notification; default: the one that has this status",
		},
		from: { type: "template", doc: "who says so, as the value of CPIM's From; default: the message's To" },
		delay: { type: "duration", default: 0, min: 0, max: 3600, doc: "how long after the message" },
		asked: { type: "boolean", default: false, doc: "true: only where the message asks for such a notification" },
	},
	main: "status",
	check({ status, kind }) {
		return kind === undefined || (IMDN_STATUSES[kind] as readonly string[]).includes(status)
			? undefined
			: `a ${kind} notification cannot say ${status}`;
	},
	example: `- name: swallowed and confirmed
  match: cpim && im.class == "private"
  actions:
    - imdn-forge: delivered
    - drop`,
	act({ status, kind, from, delay, asked }, context) {
		const { cpim } = cpimOf(context) ?? {};
		if (cpim === undefined || cpim.contentType === "message/imdn+xml") return undefined;
		const wanted = ASKED[status] ?? "negative-delivery";
		if (asked && !cpim.imdn.dispositionNotification.includes(wanted)) return undefined;
		const body = imdnFor(cpim, {
			kind: kind ?? kindOfStatus(status),
			status,
			from: from === undefined ? undefined : context.expand(from),
			id: context.random.hex(8),
			time: new Date(Math.round(context.at.sec * 1000 + context.at.nsec / 1e6)).toISOString(),
		});
		const octets = body === undefined ? undefined : carried(body, context);
		if (octets === undefined) return undefined;
		return { inject: [{ to: "back", when: "after", octets, delay, own: true }], did: `says that it was ${status}` };
	},
});

/** The message/cpim on its way back to the sender of the message at hand. */
function carried(body: Buffer, { msrp, sip, random, connection, dir }: ActionContext): Buffer | undefined {
	const type = "message/cpim";
	if (msrp !== undefined) {
		const { to, from } = pathsOf(msrp, "back");
		const rows = [
			["To-Path", to],
			["From-Path", from],
			["Message-ID", random.hex(8)],
			["Byte-Range", `1-${body.length}/${body.length}`],
			["Failure-Report", "no"],
			["Content-Type", type],
		] as const;
		return msrpRequest(random.hex(8), "SEND", rows, body);
	}
	if (sip === undefined) return undefined;
	const parts = { method: "MESSAGE", headers: [], body: { type, octets: body } };
	return sipRequest(sip, parts, "back", connection, dir, { token: random.hex(8), skip: 1 });
}
