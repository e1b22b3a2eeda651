import { createHash } from "node:crypto";
import type { Sdp, SdpMedia } from "../protocols/sdp/types.js";

/** Hash functions by their names in a=fingerprint (RFC 8122 §5). */
const HASHES: Readonly<Record<string, string>> = {
	"sha-1": "sha1",
	"sha-224": "sha224",
	"sha-256": "sha256",
	"sha-384": "sha384",
	"sha-512": "sha512",
};

/** The fingerprints that count for a media description: its own, else those of the session (RFC 8122 §5). */
export function fingerprintsOf(sdp: Sdp, media: SdpMedia): string[] {
	const own = values(media.attributes);
	return own.length > 0 ? own : values(sdp.attributes);
}

function values(attributes: SdpMedia["attributes"]): string[] {
	return attributes.filter(({ name, value }) => name === "fingerprint" && value !== undefined).map(({ value }) => value!.trim());
}

/**
 * What is wrong with the certificate (DER) that an end has shown, or not shown, when it announced these fingerprints; undefined when it
 * is one of them, and where none of their hash functions is known.
 */
export function mismatch(announced: readonly string[], certificate: Buffer | undefined): string | undefined {
	const known = announced.flatMap((text) => {
		const [name = "", digest = ""] = text.split(/\s+/);
		const hash = HASHES[name.toLowerCase()];
		return hash === undefined ? [] : [{ name, hash, digest: digest.toUpperCase() }];
	});
	if (known.length === 0) return undefined;
	if (certificate === undefined) return `no certificate was shown, ${announced.join(" and ")} announced`;
	const shown = known.map(({ name, hash }) => ({ name, digest: colons(createHash(hash).update(certificate).digest("hex")) }));
	if (known.some(({ digest }, index) => digest === shown[index]!.digest)) return undefined;
	return `${shown.map(({ name, digest }) => `${name} ${digest}`).join(" and ")} was shown, ${announced.join(" and ")} announced`;
}

function colons(hex: string): string {
	return hex.toUpperCase().match(/../g)!.join(":");
}

/** Certificates whose announcement has not been seen yet; more are not compared. */
const MOST = 64;

interface Shown {
	index: number;
	/** tag of the end in front of which the listener stands */
	target: string;
	certificate: Buffer | undefined;
	uri: string;
}

/** What the ends of one call have announced of their certificates, and shown. */
export class CallCertificates {
	/** by tag and number of the media description */
	readonly #announced = new Map<string, readonly string[]>();
	readonly #early: Shown[] = [];

	/** An end has announced; answers what was wrong with certificates shown before. */
	announce(tag: string, index: number, fingerprints: readonly string[]): string[] {
		if (this.#announced.size < MOST || this.#announced.has(`${tag} ${index}`)) this.#announced.set(`${tag} ${index}`, fingerprints);
		const wrong: string[] = [];
		for (let at = this.#early.length - 1; at >= 0; at--) {
			const shown = this.#early[at]!;
			if (shown.index !== index || shown.target === tag) continue;
			this.#early.splice(at, 1);
			const text = mismatch(fingerprints, shown.certificate);
			if (text !== undefined) wrong.push(`who connected for ${shown.uri}: ${text}`);
		}
		return wrong;
	}

	/** The end itself was connected to. */
	target(tag: string, index: number, certificate: Buffer | undefined): string | undefined {
		return mismatch(this.#announced.get(`${tag} ${index}`) ?? [], certificate);
	}

	/** Somebody connected for the end `tag`: one of the other ends, of which there are several where a call was forked. */
	opener(tag: string, index: number, certificate: Buffer | undefined, uri: string): string | undefined {
		const others = [...this.#announced].filter(([key]) => key !== `${tag} ${index}` && key.endsWith(` ${index}`));
		if (others.length === 0) {
			if (this.#early.length < MOST) this.#early.push({ index, target: tag, certificate, uri });
			return undefined;
		}
		const wrong = others.map(([, announced]) => mismatch(announced, certificate));
		return wrong.includes(undefined) ? undefined : wrong[0];
	}
}
