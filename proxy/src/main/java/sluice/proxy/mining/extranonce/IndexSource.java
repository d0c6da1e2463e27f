package sluice.proxy.mining.extranonce;

import java.util.OptionalInt;

/** Where the miners of one event loop get their local indexes. Confined to its loop. */
public sealed interface IndexSource permits ExtranonceIndexes, SharedIndexes {
    /** An index for one more miner, or empty where none can be had. */
    OptionalInt take();

    void release(int index);

    /** An index leaves this loop with its miner, which may come back on any loop. */
    void forgo(int index);

    /** Takes an index that was {@link #forgo forgone}, here or on another loop; it is out here now. */
    void adopt(int index);

    /** Indexes that are out now. */
    int inUse();

    /** Every route with work has had a new tip since the last call. */
    void onTipChanged();
}
