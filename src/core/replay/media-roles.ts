import { findSdp } from "../protocols/find-sdp.js";
import type { Sdp, SdpMsrp } from "../protocols/sdp/index.js";
import { cseq, type SipMessage } from "../protocols/sip/index.js";
import { readUnit } from "./unit.js";

/** One end of an MSRP session as its description has it. */
interface End {
	uri: string;
	setup: SdpMsrp["setup"];
	/** what the recorded end said in its place */
	recordedSetup: SdpMsrp["setup"];
	fingerprint: string | undefined;
	offered: boolean;
}

interface Session {
	ours?: End;
	theirs?: End;
}

/** Who opens the connections of MSRP sessions, from the descriptions of this run: RFC 4975 §5.4 and, with a=setup, RFC 6135 §4. */
export class MediaRoles {
	/** by Call-ID and index of the media description */
	readonly #sessions = new Map<string, Session>();
	/** Call-ID and number of the request → ours is the offer */
	readonly #offers = new Map<string, boolean>();

	/** A whole SIP message of ours goes out, or one of the peer came; `recorded`: the one of the capture that it stands for. */
	said(octets: Buffer, ours: boolean, recorded?: Buffer): void {
		const found = described(octets);
		if (found === undefined) return;
		const { sip, sdp } = found;
		const before = recorded === undefined ? undefined : described(recorded)?.sdp;
		const exchange = key(sip);
		if (!this.#offers.has(exchange)) this.#offers.set(exchange, ours);
		const offered = this.#offers.get(exchange) === ours;
		for (const { index, msrp } of sdp.media) {
			const uri = msrp?.path.at(-1);
			if (msrp === undefined || uri === undefined) continue;
			const name = `${sip.get("call-id")} ${index}`;
			const session = this.#sessions.get(name) ?? {};
			session[ours ? "ours" : "theirs"] = {
				uri,
				setup: msrp.setup,
				recordedSetup: before?.media[index]?.msrp?.setup,
				fingerprint: msrp.fingerprint,
				offered,
			};
			this.#sessions.set(name, session);
		}
	}

	/**
	 * What a=setup has to say in a description of ours that answers one of the peer. Undefined: what the recorded answer said, right
	 * or wrong, because the offer says what the recorded one said.
	 */
	answerSetup(octets: Buffer): "active" | "passive" | undefined {
		const sip = described(octets)?.sip;
		if (sip === undefined || this.#offers.get(key(sip)) !== false) return undefined;
		const call = `${sip.get("call-id")} `;
		const theirs = [...this.#sessions].find(([name, session]) => name.startsWith(call) && session.theirs !== undefined)?.[1].theirs;
		if (theirs === undefined || theirs.setup === theirs.recordedSetup) return undefined;
		return theirs.setup === "active" ? "passive" : theirs.setup === "passive" ? "active" : undefined;
	}

	/** Whether we open the connection of the session that an MSRP URI belongs to, ours or the peer's; undefined: nothing is known of it. */
	opens(uri: string): boolean | undefined {
		const session = this.#find(uri);
		if (session?.ours === undefined || session.theirs === undefined) return undefined;
		const { ours, theirs } = session;
		if (theirs.setup === "active" || ours.setup === "passive") return false;
		if (theirs.setup === "passive" || ours.setup === "active") return true;
		return ours.offered;
	}

	/** a=fingerprint that the peer gave with the session of that MSRP URI (RFC 4975 §14.4). */
	fingerprint(uri: string): string | undefined {
		return this.#find(uri)?.theirs?.fingerprint;
	}

	#find(uri: string): Session | undefined {
		for (const session of this.#sessions.values()) if (session.ours?.uri === uri || session.theirs?.uri === uri) return session;
		return undefined;
	}
}

function described(octets: Buffer): { sip: SipMessage; sdp: Sdp } | undefined {
	const unit = readUnit("sip", octets);
	const found = unit?.protocol === "sip" ? findSdp(unit.sip, octets) : undefined;
	return unit?.protocol !== "sip" || found === undefined ? undefined : { sip: unit.sip, sdp: found.sdp };
}

function key(sip: SipMessage): string {
	return `${sip.get("call-id")} ${cseq(sip)?.number}`;
}
