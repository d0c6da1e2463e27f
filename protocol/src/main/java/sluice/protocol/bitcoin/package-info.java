/** Bitcoin's value types and arithmetic: targets, headers, coinbase transactions, merkle paths, scripts. */
package sluice.protocol.bitcoin;
