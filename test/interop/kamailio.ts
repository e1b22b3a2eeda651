/**
 * Kamailio as registrar and proxy of a domain, over UDP, TCP and WebSocket on one port of loopback: what stood between the clients of
 * the captures. With `password` REGISTER and INVITE are asked for credentials.
 */
export function registrarConfig(port: number, domain: string, password?: string): string {
	const check = `
	if (is_method("REGISTER|INVITE|MESSAGE") && !has_totag()) {
		if (!pv_www_authenticate("${domain}", "${password}", "0")) { www_challenge("${domain}", "1"); exit; }
		consume_credentials();
	}`;
	return `#!KAMAILIO
debug=1
log_stderror=yes
children=2
tcp_children=2
fork=yes
auto_aliases=no
${domain === "127.0.0.1" ? "" : `alias="${domain}"`}
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
tcp_accept_no_cl=yes
tcp_connection_lifetime=300
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "xhttp.so"
loadmodule "nathelper.so"
loadmodule "websocket.so"
modparam("nathelper|registrar", "received_avp", "$avp(received)")
modparam("tm", "fr_timer", 5000)
request_route {
	force_rport();
	if (proto == WS) {
		if (is_method("REGISTER")) fix_nated_register();
		else add_contact_alias();
	}${password === undefined ? "" : check}
	if (is_method("REGISTER")) {
		save("location");
		exit;
	}
	if (has_totag()) {
		loose_route();
		handle_ruri_alias();
		t_on_reply("1");
		t_relay();
		exit;
	}
	if (is_method("CANCEL")) {
		t_relay();
		exit;
	}
	remove_hf("Route");
	if (is_method("INVITE|SUBSCRIBE")) record_route();
	if (!lookup("location")) {
		sl_send_reply("404", "Not Found");
		exit;
	}
	t_on_reply("1");
	t_relay();
}
onreply_route[1] {
	if (proto == WS) add_contact_alias();
}
event_route[xhttp:request] {
	if ($hdr(Upgrade) =~ "websocket") { ws_handle_handshake(); exit; }
	xhttp_reply("404", "Not Found", "", "");
}
`;
}

/** Kamailio's msrp module as a relay of RFC 4976: AUTH with digest opens a session, SEND to it goes out on the connection that asked. */
export function relayConfig(port: number, realm: string, password: string): string {
	return `#!KAMAILIO
debug=1
log_stderror=yes
children=1
tcp_children=2
fork=yes
auto_aliases=no
listen=tcp:127.0.0.1:${port}
tcp_accept_no_cl=yes
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "auth.so"
loadmodule "xhttp.so"
loadmodule "nathelper.so"
loadmodule "msrp.so"
loadmodule "websocket.so"
modparam("websocket", "sub_protocols", 3)
modparam("msrp", "auth_max_expires", 600)
modparam("auth", "qop", "auth")
modparam("msrp", "cmap_size", 8)
modparam("msrp", "use_path_addr", "127.0.0.1:${port}")
event_route[xhttp:request] {
	if ($hdr(Upgrade) =~ "websocket") { ws_handle_handshake(); exit; }
	xhttp_reply("404", "Not Found", "", "");
}
request_route {
	sl_send_reply("403", "Only MSRP here");
}
event_route[msrp:frame-in] {
	msrp_reply_flags("1");
	if (msrp_is_reply()) {
		msrp_relay();
		exit;
	}
	if ($msrp(method) == "AUTH") {
		if (!pv_www_authenticate("${realm}", "${password}", "0", "AUTH")) {
			auth_get_www_authenticate("${realm}", "1", "$var(wauth)");
			msrp_reply("401", "Unauthorized", "$var(wauth)");
			exit;
		}
		msrp_cmap_save();
		exit;
	}
	if ($msrp(method) != "SEND" && $msrp(method) != "REPORT") {
		msrp_reply("501", "Unknown");
		exit;
	}
	if ($msrp(nexthops) > 1) {
		if ($msrp(method) == "SEND") msrp_reply("200", "OK");
		msrp_relay();
		exit;
	}
	if (msrp_cmap_lookup()) {
		if ($msrp(method) == "SEND") msrp_reply("200", "OK");
		msrp_relay_flags("1");
		msrp_relay();
	} else msrp_reply("481", "No such session");
}
`;
}
