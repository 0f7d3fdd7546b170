k3s kubectl --namespace {{ namespace }} scale deployment {{ service }} --replicas=1
