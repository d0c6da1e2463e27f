package sluice.proxy.miner;

/** How a miner talks to its server. */
public enum MinerProtocol {
    SV1("sv1"),
    /** Header-only mining: the server computes the merkle root. */
    SV2_STANDARD("sv2-standard"),
    /** The miner rolls part of the extranonce. */
    SV2_EXTENDED("sv2-extended");

    private final String text;

    MinerProtocol(String text) {
        this.text = text;
    }

    /** As on the command line. */
    @Override
    public String toString() {
        return text;
    }
}
