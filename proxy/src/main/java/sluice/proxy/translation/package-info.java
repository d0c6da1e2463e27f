/** What SV1 and SV2 say in each other's words: pure functions. */
package sluice.proxy.translation;
