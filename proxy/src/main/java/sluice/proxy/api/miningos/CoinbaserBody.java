package sluice.proxy.api.miningos;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Address;
import sluice.protocol.bitcoin.Network;
import sluice.protocol.bitcoin.TxOut;

/**
 * The answer to {@code /v1/coinbaser}: whom the coinbase of the latest job pays.
 *
 * @param outputs satoshis by address
 */
record CoinbaserBody(@JsonAnyGetter Map<String, Long> outputs) {
    private static final byte OP_RETURN = 0x6a;

    static CoinbaserBody of(List<TxOut> outputs, Network network) {
        Map<String, Long> paid = new LinkedHashMap<>();
        for (TxOut output : outputs) {
            paid.merge(payee(output.script(), network), output.value(), Long::sum);
        }
        return new CoinbaserBody(paid);
    }

    private static String payee(Bytes script, Network network) {
        if (!script.isEmpty() && script.at(0) == OP_RETURN) {
            return "OP_RETURN";
        }
        return Address.ofScript(script, network).map(Address::text).orElseGet(script::hex);
    }
}
