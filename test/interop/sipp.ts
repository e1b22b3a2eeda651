import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, program } from "./programs.js";

/** Answers a call that offers MSRP, then a MESSAGE in its dialog, then BYE: the server of captures/sipp-tcp-msrp-sdp.pcap. */
const CHAT_SERVER = `<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="chat server">
<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=[pid]B[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:room@[local_ip]:[local_port];transport=[transport]>;isfocus
Content-Length: 0

]]></send>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]B[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:room@[local_ip]:[local_port];transport=[transport]>;isfocus
Server: SIPp-lab
Content-Type: application/sdp
Content-Length: [len]

v=0
o=room 53655765 2353687638 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=message 23998 TCP/MSRP *
a=path:msrp://[local_ip]:23998/b[call_number]s[pid];tcp
a=setup:passive
a=accept-types:message/cpim
a=accept-wrapped-types:*
a=chatroom:nickname private-messages
]]></send>
<recv request="ACK"/>
<recv request="MESSAGE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:room@[local_ip]:[local_port];transport=[transport]>
Content-Length: 0

]]></send>
</scenario>
`;

/** SIPp on a port of loopback; `scenario`: one of its own, or the chat server above. `ended` has its exit code: 0 when all calls were right. */
export function sipp(scenario: "uas" | "uac" | "chat-server", transport: "tcp" | "udp", port: number, more: readonly string[]) {
	const cwd = folder();
	const file = join(cwd, "scenario.xml");
	if (scenario === "chat-server") writeFileSync(file, CHAT_SERVER);
	const which = scenario === "chat-server" ? ["-sf", file] : ["-sn", scenario];
	const mode = transport === "tcp" ? "t1" : "u1";
	return program("sipp", [...which, "-i", "127.0.0.1", "-p", String(port), "-t", mode, "-nostdin", "-timeout", "30", ...more], cwd);
}
