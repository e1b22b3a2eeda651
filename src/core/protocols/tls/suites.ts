/** How the records of an AEAD suite are protected. */
export interface AeadSuite {
	algorithm: "aes-128-gcm" | "aes-256-gcm" | "chacha20-poly1305" | "aes-128-ccm" | "aes-256-ccm";
	keyLength: 16 | 32;
	tagLength: 8 | 16;
	/** of the PRF (TLS 1.2) or of HKDF (TLS 1.3) */
	hash: "sha256" | "sha384";
	/** octets of nonce that travel in each record: 8 in GCM and CCM of TLS 1.2 (RFC 5288, 6655), else 0 (RFC 7905, 8446) */
	explicitNonce: 0 | 8;
}

/** Names of the IANA registry, first suite number and then consecutive ones. */
const RUNS: readonly [number, readonly string[]][] = [
	[0x0001, ["RSA_WITH_NULL_MD5", "RSA_WITH_NULL_SHA"]],
	[0x0004, ["RSA_WITH_RC4_128_MD5", "RSA_WITH_RC4_128_SHA"]],
	[0x000a, ["RSA_WITH_3DES_EDE_CBC_SHA"]],
	[0x0016, ["DHE_RSA_WITH_3DES_EDE_CBC_SHA"]],
	[0x002f, ["RSA_WITH_AES_128_CBC_SHA"]],
	[0x0033, ["DHE_RSA_WITH_AES_128_CBC_SHA", "DH_anon_WITH_AES_128_CBC_SHA", "RSA_WITH_AES_256_CBC_SHA"]],
	[0x0039, ["DHE_RSA_WITH_AES_256_CBC_SHA", "DH_anon_WITH_AES_256_CBC_SHA"]],
	[0x003b, ["RSA_WITH_NULL_SHA256", "RSA_WITH_AES_128_CBC_SHA256", "RSA_WITH_AES_256_CBC_SHA256"]],
	[0x0041, ["RSA_WITH_CAMELLIA_128_CBC_SHA"]],
	[0x0067, ["DHE_RSA_WITH_AES_128_CBC_SHA256"]],
	[0x006b, ["DHE_RSA_WITH_AES_256_CBC_SHA256"]],
	[0x0084, ["RSA_WITH_CAMELLIA_256_CBC_SHA"]],
	[0x009c, ["RSA_WITH_AES_128_GCM_SHA256", "RSA_WITH_AES_256_GCM_SHA384"]],
	[0x009e, ["DHE_RSA_WITH_AES_128_GCM_SHA256", "DHE_RSA_WITH_AES_256_GCM_SHA384"]],
	[0x00a2, ["DHE_DSS_WITH_AES_128_GCM_SHA256", "DHE_DSS_WITH_AES_256_GCM_SHA384"]],
	[0x00a6, ["DH_anon_WITH_AES_128_GCM_SHA256", "DH_anon_WITH_AES_256_GCM_SHA384"]],
	[0x00a8, ["PSK_WITH_AES_128_GCM_SHA256", "PSK_WITH_AES_256_GCM_SHA384"]],
	[0x00aa, ["DHE_PSK_WITH_AES_128_GCM_SHA256", "DHE_PSK_WITH_AES_256_GCM_SHA384"]],
	[0x1301, ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_CCM_SHA256", "AES_128_CCM_8_SHA256"]],
	[0xc009, ["ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE_ECDSA_WITH_AES_256_CBC_SHA"]],
	[0xc012, ["ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE_RSA_WITH_AES_256_CBC_SHA"]],
	[0xc023, ["ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"]],
	[0xc027, ["ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE_RSA_WITH_AES_256_CBC_SHA384"]],
	[0xc02b, ["ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]],
	[0xc02d, ["ECDH_ECDSA_WITH_AES_128_GCM_SHA256", "ECDH_ECDSA_WITH_AES_256_GCM_SHA384"]],
	[0xc02f, ["ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE_RSA_WITH_AES_256_GCM_SHA384"]],
	[0xc031, ["ECDH_RSA_WITH_AES_128_GCM_SHA256", "ECDH_RSA_WITH_AES_256_GCM_SHA384"]],
	[0xc09c, ["RSA_WITH_AES_128_CCM", "RSA_WITH_AES_256_CCM", "DHE_RSA_WITH_AES_128_CCM", "DHE_RSA_WITH_AES_256_CCM"]],
	[0xc0a0, ["RSA_WITH_AES_128_CCM_8", "RSA_WITH_AES_256_CCM_8", "DHE_RSA_WITH_AES_128_CCM_8", "DHE_RSA_WITH_AES_256_CCM_8"]],
	[0xc0ac, ["ECDHE_ECDSA_WITH_AES_128_CCM", "ECDHE_ECDSA_WITH_AES_256_CCM"]],
	[0xc0ae, ["ECDHE_ECDSA_WITH_AES_128_CCM_8", "ECDHE_ECDSA_WITH_AES_256_CCM_8"]],
	[0xcca8, ["ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"]],
	[0xccaa, ["DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "PSK_WITH_CHACHA20_POLY1305_SHA256"]],
	[0xccac, ["ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256", "DHE_PSK_WITH_CHACHA20_POLY1305_SHA256"]],
	[0xd001, ["ECDHE_PSK_WITH_AES_128_GCM_SHA256", "ECDHE_PSK_WITH_AES_256_GCM_SHA384"]],
];

const NAMES = new Map<number, string>(
	RUNS.flatMap(([first, names]) => names.map((name, i): [number, string] => [first + i, `TLS_${name}`])),
);

/** IANA name, or 0xHHHH for suites outside the table. */
export function suiteName(id: number): string {
	return NAMES.get(id) ?? `0x${id.toString(16).padStart(4, "0").toUpperCase()}`;
}

/** Protection parameters, read off the name; undefined for suites that are not AEAD (CBC, RC4, NULL) or not known. */
export function aeadSuite(id: number): AeadSuite | undefined {
	const name = NAMES.get(id);
	const cipher = name && /_(AES_(128|256)_(GCM|CCM)|CHACHA20_POLY1305)(_8)?/.exec(name);
	if (!name || !cipher) return undefined;
	const tls13 = id >> 8 === 0x13;
	const aes = cipher[2] !== undefined;
	return {
		algorithm: aes ? (`aes-${cipher[2]}-${cipher[3]?.toLowerCase()}` as AeadSuite["algorithm"]) : "chacha20-poly1305",
		keyLength: cipher[2] === "128" ? 16 : 32,
		tagLength: cipher[4] === undefined ? 16 : 8,
		hash: name.endsWith("SHA384") ? "sha384" : "sha256",
		explicitNonce: aes && !tls13 ? 8 : 0,
	};
}

/** "TLS 1.2" for 0x0303; hex for numbers that are no version. */
export function versionName(version: number): string {
	if (version === 0x0300) return "SSL 3.0";
	if (version > 0x0300 && version <= 0x0304) return `TLS 1.${version - 0x0301}`;
	return `0x${version.toString(16).padStart(4, "0").toUpperCase()}`;
}
