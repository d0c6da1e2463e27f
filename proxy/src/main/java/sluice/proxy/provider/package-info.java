/** Templates for others: the conversation of a template provider with its clients (SV2 7), pure. */
package sluice.proxy.provider;
