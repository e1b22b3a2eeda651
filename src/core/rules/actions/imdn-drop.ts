import { msrpResponse, wantsOk } from "../message/msrp-build.js";
import { sipResponse } from "../message/sip-build.js";
import { carries, KINDS } from "./notification.js";
import { type Act, defineAction } from "./types.js";

export const IMDN_DROP = defineAction({
	name: "imdn-drop",
	title: "Notifications (IMDN) get lost; other messages go on.",
	doc: "RFC 5438. Whoever sent one is answered with 200, so that it does not know; with answer: false it waits in vain.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	options: {
		kind: { type: "choice", values: KINDS, default: "any", doc: "which ones" },
		answer: { type: "boolean", default: true, doc: "the sender is answered with 200" },
	},
	main: "kind",
	example: `- name: never displayed
  match: cpim
  actions:
    - imdn-drop: display`,
	act({ kind, answer }, context) {
		if (!carries(kind, context)) return undefined;
		const { msrp, sip, octets, connection, dir } = context;
		const inject: NonNullable<Act["inject"]>[number][] = [];
		if (answer && msrp !== undefined && wantsOk(msrp)) inject.push({ to: "back", when: "after", octets: msrpResponse(msrp, 200, "OK") });
		if (answer && sip?.kind === "request") {
			const from = dir === 0 ? connection.client.a : connection.server.b;
			const ok = sipResponse(sip, octets, { status: 200, reason: "OK" }, from, context.random.hex(6));
			inject.push({ to: "back", when: "after", octets: ok, own: true });
		}
		return { drop: true, reason: `the notification is lost${inject.length > 0 ? ", its sender was answered with 200" : ""}`, inject };
	},
});
