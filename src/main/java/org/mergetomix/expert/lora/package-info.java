/**
 * LoRA adapters: {@link org.mergetomix.expert.lora.AdapterConfigReader} reads what decides the
 * delta and refuses what is not built, {@link org.mergetomix.expert.lora.TargetModules} says which
 * modules it names, {@link org.mergetomix.expert.lora.AdapterKey} takes the name of a tensor apart,
 * {@link org.mergetomix.expert.lora.LowRankProduct} is the product of two factors, of which any
 * range can be read alone.
 */
package org.mergetomix.expert.lora;
