package sluice.endtoend;

/**
 * A share that is a block, ready to be sent.
 *
 * @param id of the request
 * @param hash as explorers show it
 * @param submit the line
 */
record SoloBlock(int id, String hash, String submit) {}
