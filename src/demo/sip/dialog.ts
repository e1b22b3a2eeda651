import { address, contacts, cseq, tag } from "../../core/protocols/sip/index.js";
import type { SipMessage } from "../../core/protocols/sip/types.js";
import type { Link } from "../../shell/net/links/link.js";
import type { HeaderRow } from "../wire/sip.js";

/** One dialog as one of its ends sees it (RFC 3261 §12). */
export class Dialog {
	/** of the last request that we sent */
	localSeq: number;
	/** of the last request that the peer sent; -1 before the first */
	remoteSeq: number;
	/** the peer's Contact: Request-URI of our requests */
	target: string;
	/** Route rows, first hop first */
	route: readonly string[];

	private constructor(
		readonly callId: string,
		readonly localTag: string,
		readonly remoteTag: string,
		/** From or To value of ours, without the tag */
		readonly local: string,
		readonly remote: string,
		public link: Link,
		init: { localSeq: number; remoteSeq: number; target: string; route: readonly string[] },
	) {
		this.localSeq = init.localSeq;
		this.remoteSeq = init.remoteSeq;
		this.target = init.target;
		this.route = init.route;
	}

	/** We sent the request; `response` is its 2xx. */
	static ofResponse(response: SipMessage, link: Link, requestUri: string): Dialog {
		return new Dialog(
			response.get("call-id") ?? "",
			tag(response, "from") ?? "",
			tag(response, "to") ?? "",
			bare(response, "from"),
			bare(response, "to"),
			link,
			{
				localSeq: cseq(response)?.number ?? 1,
				remoteSeq: -1,
				target: contacts(response)[0]?.uri.text ?? requestUri,
				route: response.all("record-route").reverse(),
			},
		);
	}

	/** We received the request and answer with that To tag. */
	static ofRequest(request: SipMessage, link: Link, localTag: string): Dialog {
		return new Dialog(
			request.get("call-id") ?? "",
			localTag,
			tag(request, "from") ?? "",
			bare(request, "to"),
			bare(request, "from"),
			link,
			{
				localSeq: 0,
				remoteSeq: cseq(request)?.number ?? 0,
				target: contacts(request)[0]?.uri.text ?? address(request, "from")?.uri.text ?? "",
				route: request.all("record-route"),
			},
		);
	}

	get key(): string {
		return dialogKey(this.callId, this.localTag, this.remoteTag);
	}

	/** Rows of the next request in the dialog; ACK takes the number of its INVITE. */
	headers(method: string, invite?: number): HeaderRow[] {
		const number = method === "ACK" ? (invite ?? this.localSeq) : ++this.localSeq;
		return [
			["From", `${this.local};tag=${this.localTag}`],
			["To", this.remoteTag === "" ? this.remote : `${this.remote};tag=${this.remoteTag}`],
			["Call-ID", this.callId],
			["CSeq", `${number} ${method}`],
			...this.route.map((value): HeaderRow => ["Route", value]),
		];
	}

	/** Takes note of a request of the peer; false when its number is too low (RFC 3261 §12.2.2). */
	received(request: SipMessage): boolean {
		const number = cseq(request)?.number ?? 0;
		if (request.method !== "ACK" && number <= this.remoteSeq) return false;
		this.remoteSeq = Math.max(this.remoteSeq, number);
		this.refresh(request);
		return true;
	}

	/** A target refresh (RFC 3261 §12.2). */
	refresh(message: SipMessage): void {
		const contact = contacts(message)[0];
		if (contact !== undefined && contact.uri.text !== "" && REFRESHES.has(message.method)) this.target = contact.uri.text;
	}
}

const REFRESHES = new Set(["INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY"]);

export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
	return `${callId} ${localTag} ${remoteTag}`;
}

/** The dialog that a request addresses, as its receiver keys it. */
export function keyOfRequest(request: SipMessage): string {
	return dialogKey(request.get("call-id") ?? "", tag(request, "to") ?? "", tag(request, "from") ?? "");
}

function bare(message: SipMessage, key: "from" | "to"): string {
	return (message.get(key) ?? "").replace(/\s*;\s*tag\s*=[^;>]*$/i, "");
}
