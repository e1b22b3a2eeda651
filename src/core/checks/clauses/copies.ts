import { createHash } from "node:crypto";
import { usable } from "../../classify/axes.js";
import type { Audience } from "../../classify/types.js";
import type { CpimMessage } from "../../protocols/cpim/types.js";
import type { Uri } from "../../protocols/uri/types.js";
import { FifoMap } from "../../session/bounded.js";
import { owned } from "../../session/text.js";
import { addressLines, excerpt } from "./say.js";
import { type MessageContext, WAITING } from "./types.js";

/** A message as it left its client, or as an earlier hop showed it. */
export interface Original {
	entry: number;
	session: string | undefined;
	flow: number;
	/** of the CPIM octets */
	hash: string;
	head: string;
	audience: Audience;
	to: Uri[];
	own: Uri[];
	/** sent on a client's leg; false: the same message on an earlier hop of a relay or ALG */
	sent: boolean;
}

/**
 * Finds the message that another one is a copy of: on a further hop by Message-ID and both session URIs; from a switch by
 * imdn.Message-ID, else by sender, recipients, DateTime and what is inside. Bounded: of many messages the last count.
 */
export class CopyIndex {
	readonly #known = new FifoMap<string, Original>(WAITING * 2);

	/** Remembers what may be copied, and gives what this one is a copy of. To be called once for each message. */
	look(context: MessageContext): Original | undefined {
		const { entry, cpim, bytes, toClient, kind } = context;
		if (entry.protocol !== "msrp" || cpim === undefined || bytes === undefined) return undefined;
		const { msrp } = entry;
		const hop = `h ${msrp.messageId} ${msrp.toPath.at(-1)} ${msrp.fromPath.at(-1)}`;
		const before = this.#known.get(hop);
		if (before !== undefined && before.flow !== entry.flow.id) return before;
		const original = describe(context, cpim, bytes);
		this.#known.set(owned(hop), original);
		if (kind !== "conference" || toClient === undefined) return undefined;
		const keys = [...(cpim.imdn.messageId === undefined ? [] : [`i ${cpim.imdn.messageId}`]), contentKey(cpim, bytes)];
		if (toClient) {
			for (const key of keys) {
				const found = this.#known.get(key);
				if (found !== undefined) return found;
			}
			return undefined;
		}
		const sent = { ...original, sent: true };
		for (const key of keys) this.#known.set(owned(key), sent);
		return undefined;
	}
}

function describe({ entry, session, verdict, knowledge }: MessageContext, cpim: CpimMessage, bytes: Buffer): Original {
	return {
		entry: entry.number,
		session,
		flow: entry.flow.id,
		hash: sha1(bytes),
		head: addressLines([...cpim.from, ...cpim.to]),
		audience: verdict.audience,
		to: cpim.to
			.filter(usable)
			.slice(0, 64)
			.map(({ uri }) => uri),
		own: knowledge.own.slice(0, 16).map(({ uri }) => uri),
		sent: false,
	};
}

export function sha1(octets: Buffer): string {
	return createHash("sha1").update(octets).digest("base64");
}

/** The headers of a CPIM content, to be looked at where two differ. */
export function cpimHead(cpim: CpimMessage): string {
	return excerpt(cpim.headers.map(({ name, raw }) => `${name}: ${raw}`).join(" | "));
}

function contentKey(cpim: CpimMessage, bytes: Buffer): string {
	const address = ({ uri }: { uri: Uri }): string => `${uri.user ?? ""}@${uri.host.toLowerCase()}`;
	const to = cpim.to.filter(usable).map(address).sort().join(",");
	const from = cpim.from.filter(usable).map(address)[0] ?? "";
	return `c ${cpim.dateTime ?? ""} ${from} ${to} ${sha1(bytes.subarray(cpim.contentStart, cpim.contentEnd))}`;
}
