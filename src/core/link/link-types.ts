/** LINKTYPE_ numbers that are decoded, and names of some that are not, for the message that says so. */
export const LINK = {
	NULL: 0,
	ETHERNET: 1,
	PPP: 9,
	RAW_12: 12,
	RAW_14: 14,
	PPP_HDLC: 50,
	PPPOE: 51,
	RAW: 101,
	C_HDLC: 104,
	LOOP: 108,
	SLL: 113,
	IPV4: 228,
	IPV6: 229,
	EXPORTED_PDU: 252,
	SLL2: 276,
} as const;

const NAMES: Record<number, string> = {
	6: "IEEE 802.5 Token Ring",
	105: "IEEE 802.11",
	107: "Frame Relay",
	117: "OpenBSD pflog",
	119: "IEEE 802.11 with Prism header",
	122: "IP over Fibre Channel",
	127: "IEEE 802.11 with Radiotap header",
	140: "MTP2",
	147: "user-defined 0",
	187: "Bluetooth HCI H4",
	189: "USB with Linux header",
	195: "IEEE 802.15.4",
	197: "ERF",
	220: "USB with padded Linux header",
	239: "NFLOG",
	253: "Linux netlink",
	258: "Apple PKTAP",
	260: "EPON",
};

const DECODED: ReadonlySet<number> = new Set(Object.values(LINK));

export function isDecodedLinkType(linkType: number): boolean {
	return DECODED.has(linkType);
}

/** "127 (IEEE 802.11 with Radiotap header)" */
export function linkTypeText(linkType: number): string {
	const name = NAMES[linkType];
	return name === undefined ? `${linkType}` : `${linkType} (${name})`;
}
