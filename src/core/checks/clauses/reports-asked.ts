import { about, excerpt } from "./say.js";
import type { ClauseCheck } from "./types.js";

/** C13. That a Final Delivery Report was wanted shows only in the request for one. */
export const C13: ClauseCheck = {
	id: "C13",
	title: "a Final Delivery Report is asked for as OMA 5.7.2 has it",
	roles: ["SC"],
	level: "MUST",
	when: "message of a client in a conference; profile oma",
	clause: "CR 7.1.3.2.1-6, OMA 5.7.2",
	evidence: "Disposition-Notification, Success-Report",
	notAtHand: "OMA 5.7.2",
	create: (scope) => ({
		message(context) {
			const { cpim, kind, toClient, entry, verdict } = context;
			if (kind !== "conference" || toClient !== false || cpim === undefined || !context.oma || entry.protocol !== "msrp") return;
			if (verdict.headline === "imdn" || verdict.headline === "composing") return;
			const success = entry.msrp.get("success-report")?.trim().toLowerCase() === "yes";
			const wanted = cpim.imdn.dispositionNotification;
			const blame = "client" as const;
			if (wanted.length > 0) scope.say(about(context, "pass", "asked for by IMDN", { excerpt: excerpt(wanted.join(", ")), blame }));
			else if (success) scope.say(about(context, "pass", "asked for by Success-Report", { excerpt: "Success-Report: yes", blame }));
			else scope.say(about(context, "unknown", "nothing tells whether a Final Delivery Report was wanted", { blame }));
		},
	}),
};

/** C14. */
export const C14: ClauseCheck = {
	id: "C14",
	title: "Success-Report and Failure-Report have legal values, the same in all chunks",
	roles: ["SC"],
	level: "MUST",
	when: "MSRP SEND with one of them",
	clause: "CR 7.1.3.2; RFC 4975 §7.1.1",
	evidence: "the headers",
	create: (scope) => ({
		frame(entry) {
			const { msrp } = entry;
			if (msrp.kind !== "request" || msrp.method !== "SEND") return;
			const rows = [msrp.row("success-report"), msrp.row("failure-report")].filter((row) => row !== undefined);
			if (rows.length === 0) return;
			const wrong = entry.problems.find(({ id }) => id === "msrp.bad-report-value" || id === "msrp.report-headers-differ");
			scope.say({
				result: wrong === undefined ? "pass" : "violation",
				session: entry.links.session,
				entries: [entry.number],
				text: wrong === undefined ? "legal" : wrong.id === "msrp.bad-report-value" ? "not a legal value" : "differs from an earlier chunk",
				excerpt: excerpt(rows.map(({ name, value }) => `${name}: ${value}`).join(" | ")),
				blame: entry.verdict?.toClient === true ? "switch" : entry.verdict?.toClient === false ? "client" : "?",
			});
		},
	}),
};
