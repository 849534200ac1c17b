package org.mergetomix.training;
import java.nio.file.*; import java.util.*; import org.mergetomix.checkpoint.*; import org.mergetomix.evaluation.*; import org.mergetomix.mixture.*; import org.mergetomix.surrogate.*;
public class Speed {
  public static void main(String[] a) throws Exception {
    Thread[] ts = new Thread[Integer.parseInt(a[0])];
    for (int k=0;k<ts.length;k++){ ts[k]=new Thread(()->run()); ts[k].start(); }
    for (Thread t:ts) t.join();
  }
  static void run(){
   try (LiveModel m = LiveModel.load(Path.of("src/main/resources/org/mergetomix/demo/byte-transformer.pt"))) {
    Class<?> c = Class.forName("org.mergetomix.demo.InitialWeights"); var ctor=c.getDeclaredConstructors()[0]; ctor.setAccessible(true);
    TensorSource s=(TensorSource)ctor.newInstance(m.tensors(),1L);
    float[] chunk=new float[8192];
    m.tensors().forEach((n,t)->{for(long o=0;o<t.elements();o+=8192){int l=(int)Math.min(8192,t.elements()-o); s.read(n,o,chunk,l); m.write(n,o,chunk,l);}});
    var split=Class.forName("org.mergetomix.demo.LanguageNames").getDeclaredMethod("split",String.class,long.class); split.setAccessible(true);
    SortedMap<String,List<TokenWindow>> w=new TreeMap<>();
    for(String l:List.of("es","it","fr")){Object sp=split.invoke(null,l,1L); var tr=sp.getClass().getDeclaredMethod("training"); tr.setAccessible(true); w.put(l,TokenWindow.of((List<String>)tr.invoke(sp),Tokenizer.named("bytes"),48));}
    Path f=Files.createTempFile("ca",".txt"); Object sp=split.invoke(null,"ca",1L); var ho=sp.getClass().getDeclaredMethod("heldOut"); ho.setAccessible(true); Files.write(f,(List<String>)ho.invoke(sp));
    var lm=LanguageModelling.prepare(new TextData(f.toString(),"bytes",48),64,m);
    System.out.println("before "+lm.evaluate(m).mean());
    FineTuner ft=new FineTuner(m,new FineTuning(new FineTuning.Steps(300),64,2e-3,20,0.1,0.01,1.0));
    long t=System.nanoTime();
    double loss=ft.train(Mixture.subset(List.of("es","it","fr")),w,258,1,st->{});
    System.out.println("loss "+loss+" ms/step "+(System.nanoTime()-t)/300e6);
    for(int i=0;i<5;i++){t=System.nanoTime(); var e=lm.evaluate(m).mean(); System.out.println("after "+e+" "+(System.nanoTime()-t)/1e6+" ms");}
   } catch(Exception e){throw new RuntimeException(e);}
  }
}
