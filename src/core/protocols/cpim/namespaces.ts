export const CORE_NAMESPACE = "urn:ietf:params:cpim-headers:";
export const IMDN_NAMESPACE = "urn:ietf:params:imdn";
/** RFC 3862 §6 prints the core namespace this way */
const MISPRINTED_CORE = "urn:ietf:params-cpim-headers:";

const CORE_NAMES = ["From", "To", "cc", "DateTime", "Subject", "NS", "Require"];
const IMDN_NAMES = ["Message-ID", "Disposition-Notification", "Original-To", "IMDN-Record-Route", "IMDN-Route"];

type Vocabulary = ReadonlyMap<string, string>;
const CORE: Vocabulary = new Map(CORE_NAMES.map((name) => [name.toLowerCase(), name]));
const IMDN: Vocabulary = new Map(IMDN_NAMES.map((name) => [name.toLowerCase(), name]));

export function isMisprintedCore(namespace: string): boolean {
	return namespace === MISPRINTED_CORE;
}

export function isCore(namespace: string | undefined): boolean {
	return namespace === CORE_NAMESPACE || namespace === MISPRINTED_CORE;
}

/**
 * The spelling that RFC 3862 §4 or RFC 5438 §6 gives to a header of that namespace, found without regard to case;
 * undefined when neither knows it.
 */
export function knownSpelling(namespace: string | undefined, local: string): string | undefined {
	const vocabulary = isCore(namespace) ? CORE : namespace === IMDN_NAMESPACE ? IMDN : undefined;
	return vocabulary?.get(local.toLowerCase());
}

export interface NamespaceDeclaration {
	/** "" for the default namespace */
	prefix: string;
	uri: string;
}

/** The value of an NS header (RFC 3862 §4.6), with or without white space between prefix and "<". */
export function parseNamespace(value: string): NamespaceDeclaration | undefined {
	const open = value.indexOf("<");
	if (open < 0 || !value.endsWith(">")) return undefined;
	const prefix = value.slice(0, open).trim();
	if (prefix !== "" && !isName(prefix)) return undefined;
	return { prefix, uri: value.slice(open + 1, -1).trim() };
}

const NAME = /^[!#-'*+\-0-9A-Z^-z|~]+$/;

/** RFC 3862 §3.6 Name. */
export function isName(text: string): boolean {
	return NAME.test(text);
}

/** The declarations in force while the headers of one message are read (RFC 3862 §3.4). */
export class Namespaces {
	#default = CORE_NAMESPACE;
	#prefixes: Map<string, string> | undefined;

	declare({ prefix, uri }: NamespaceDeclaration): void {
		if (prefix === "") this.#default = uri;
		else {
			this.#prefixes ??= new Map();
			this.#prefixes.set(prefix, uri);
		}
	}

	/** @param dot where the prefix ends in the name, -1 when there is none */
	resolve(name: string, dot: number): string | undefined {
		return dot < 0 ? this.#default : this.#prefixes?.get(name.slice(0, dot));
	}
}
