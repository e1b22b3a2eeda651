import { usable } from "../../classify/axes.js";
import { compareUri, parseUri } from "../../protocols/uri/index.js";
import { FifoMap } from "../../session/bounded.js";
import { owned } from "../../session/text.js";
import { about, addressLines, excerpt } from "./say.js";
import type { ClauseCheck, MessageContext } from "./types.js";

/** What is kept of a message that can be answered by a notification. */
interface Original {
	entry: number;
	imdn: boolean;
	from: string | undefined;
	/** the first IMDN-Record-Route: what the notification's first IMDN-Route is made of */
	routed: boolean;
}

/** Messages by imdn.Message-ID; every check keeps its own, learned before it judges. */
class Originals {
	readonly #byId: FifoMap<string, Original>;

	constructor(limit: number) {
		this.#byId = new FifoMap(limit);
	}

	/** The message that a notification is about; what can be asked about itself is remembered. */
	look({ entry, cpim, verdict }: MessageContext): Original | undefined {
		const id = cpim?.imdn.messageId;
		if (id !== undefined && this.#byId.get(id) === undefined) {
			const from = cpim?.from[0];
			this.#byId.set(owned(id), {
				entry: entry.number,
				imdn: verdict.payload === "imdn" || entry.payload?.kind === "imdn",
				from: usable(from) ? owned(from.uriText) : undefined,
				routed: (cpim?.imdn.recordRoute.length ?? 0) > 0,
			});
		}
		return entry.payload?.kind === "imdn" ? this.#byId.get(entry.payload.messageId) : undefined;
	}
}

/** C22. */
export const C22: ClauseCheck = {
	id: "C22",
	title: "no notification is sent about a notification",
	roles: ["RC"],
	level: "MUST NOT",
	when: "message/imdn+xml",
	clause: "RFC 5438 §7.2.1",
	evidence: "the notification and what it is about",
	create(scope) {
		const originals = new Originals(scope.limits.openTransactions);
		return {
			message(context) {
				const original = originals.look(context);
				const { payload } = context.entry;
				if (payload?.kind !== "imdn") return;
				const more = { excerpt: excerpt(`message-id ${payload.messageId}`), blame: context.author };
				if (original === undefined) scope.say(about(context, "unknown", "the message that it is about was not seen", more));
				else if (original.imdn)
					scope.say(about(context, "violation", "it is about a notification", { ...more, entries: [original.entry] }));
				else scope.say(about(context, "pass", "it is about a message", { ...more, entries: [original.entry] }));
			},
		};
	},
};

/** C23, also on the leg of the receiver, where it is still the sender's doing (Q27). */
export const C23: ClauseCheck = {
	id: "C23",
	title: "a notification has Content-Disposition notification and a Message-ID, asks for none, and goes to who sent the message",
	roles: ["RC"],
	level: "MUST",
	when: "message/imdn+xml inside CPIM",
	clause: "RFC 5438 §7.2.1",
	evidence: "the notification and the message that it is about",
	create(scope) {
		const originals = new Originals(scope.limits.openTransactions);
		return {
			message(context) {
				const original = originals.look(context);
				const { cpim, entry } = context;
				if (entry.payload?.kind !== "imdn" || cpim === undefined) return;
				const wrong: string[] = [];
				if (!/^\s*notification\s*(?:;|$)/i.test(cpim.contentDisposition ?? ""))
					wrong.push(`Content-Disposition ${cpim.contentDisposition ?? "missing"}`);
				if ((cpim.imdn.messageId ?? "") === "") wrong.push("no Message-ID");
				if (cpim.imdn.dispositionNotification.length > 0) wrong.push("asks for a notification itself");
				const to = cpim.to[0];
				const route = cpim.imdn.route[0];
				const routed = original?.routed === true || route !== undefined;
				const back = usable(to) && original?.from !== undefined && same(to.uriText, original.from);
				const onRoute = usable(to) && route !== undefined && same(to.uriText, /<([^>]*)>/.exec(route)?.[1] ?? route.trim());
				if (original?.from !== undefined && usable(to) && !routed && !back)
					wrong.push(`To is not <${original.from}>, who sent the message`);
				const more = { excerpt: addressLines(cpim.to), blame: context.author, entries: original === undefined ? [] : [original.entry] };
				if (wrong.length > 0) scope.say(about(context, "violation", wrong.join("; "), more));
				else if (original === undefined)
					scope.say(about(context, "unknown", "the message that it is about was not seen, so To cannot be checked", more));
				else if (back) scope.say(about(context, "pass", "To is who sent the message", more));
				else if (onRoute) scope.say(about(context, "pass", "To is the first IMDN-Route", more));
				else scope.say(about(context, "unknown", "To is not who sent the message; it may follow a route of intermediaries", more));
			},
		};
	},
};

function same(a: string, b: string): boolean {
	return a === b || compareUri(parseUri(a), parseUri(b), "uri").equal;
}

/** C24. */
export const C24: ClauseCheck = {
	id: "C24",
	title: "a request for notifications comes with Message-ID, DateTime and a declared namespace",
	roles: ["SC"],
	level: "MUST",
	when: "Disposition-Notification that is not empty",
	clause: "RFC 5438 §6, §7.1.1",
	evidence: "the headers",
	create: (scope) => ({
		message(context) {
			const { cpim } = context;
			if (cpim === undefined) return;
			const blind = cpim.headers.find(
				({ local, namespace, raw }) => local === "Disposition-Notification" && namespace === undefined && raw.trim() !== "",
			);
			if (blind === undefined && cpim.imdn.dispositionNotification.length === 0) return;
			const wrong: string[] = [];
			if (blind !== undefined) wrong.push(`the prefix of ${blind.name} is not declared before it`);
			else if ((cpim.imdn.messageId ?? "") === "") wrong.push("no Message-ID");
			if ((cpim.dateTime ?? "") === "") wrong.push("no DateTime");
			const header = blind ?? cpim.headers.find(({ local }) => local === "Disposition-Notification");
			const more = { excerpt: excerpt(`${header?.name}: ${header?.raw}`), blame: context.author };
			if (wrong.length > 0) scope.say(about(context, "violation", wrong.join("; "), more));
			else scope.say(about(context, "pass", "complete", more));
		},
	}),
};
